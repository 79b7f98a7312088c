/** What is asked of whole runtimes: a class a question, which says what one cycle is. */
package io.carafe.benchmarks.question;
