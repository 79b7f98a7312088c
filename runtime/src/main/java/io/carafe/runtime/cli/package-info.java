/**
 * Words to calls: a row for each verb, a row for each flag; output, exit codes, and the log contract that managers read.
 *
 * <p>The outermost room: it parses, calls one operation of {@code runtime.container}, and prints. It decides nothing about
 * containers.
 */
package io.carafe.runtime.cli;
