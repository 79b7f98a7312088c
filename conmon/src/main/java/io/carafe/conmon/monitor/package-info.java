/**
 * The life of one monitor: the runtime is called, its process is kept and its end told. It runs from the command line to the exit command,
 * and imports all other rooms of this program.
 */
package io.carafe.conmon.monitor;
