/** Whole runtimes where much else is going on: many starts at once, many containers that are there already. */
package io.carafe.benchmarks.load;
