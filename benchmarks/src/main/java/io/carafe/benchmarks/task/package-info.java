/** What is asked of shims: a class a question, which says what one turn is. */
package io.carafe.benchmarks.task;
