/** Calls on files: by descriptor ({@code Files}), by name ({@code Paths}), and where they are mounted ({@code Mounts}). */
package io.carafe.linux.call.file;
