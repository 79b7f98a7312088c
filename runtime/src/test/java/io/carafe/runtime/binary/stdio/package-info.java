/** What a process starts with, looked at through the built binary: terminals, standard streams, descriptors that are handed on. */
package io.carafe.runtime.binary.stdio;
