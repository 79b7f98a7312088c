/** What is measured of whole runtimes: a class a benchmark, which says what one cycle is. */
package io.carafe.benchmarks.command;
