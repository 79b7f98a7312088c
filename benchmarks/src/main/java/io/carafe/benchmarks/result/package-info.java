/**
 * Benchmarks and their results: samples, their statistics, the numbers to reach, as a table and as JSON. Pure: touches neither
 * files nor processes.
 */
package io.carafe.benchmarks.result;
