/** The streams of a process: pipes, a terminal or what this program was started with; and what comes out of them, on its way to logs and clients. */
package io.carafe.conmon.stream;
