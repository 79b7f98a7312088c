/** What is measured of shims: a class a benchmark, which says what one turn is. */
package io.carafe.benchmarks.task;
