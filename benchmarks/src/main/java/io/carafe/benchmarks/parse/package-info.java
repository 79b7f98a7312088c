/**
 * How long it takes to read a config.json with a seccomp profile like docker's: the first time inside an image, which is what a
 * runtime does, and again and again on a JVM, where a profiler can look on.
 */
package io.carafe.benchmarks.parse;
