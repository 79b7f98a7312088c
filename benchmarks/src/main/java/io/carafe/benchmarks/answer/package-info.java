/**
 * Questions and what came of them: samples, their statistics, the numbers to reach, as a table and as JSON. Pure: touches neither
 * files nor processes.
 */
package io.carafe.benchmarks.answer;
