/** Whole runtimes under other conditions than those of a bundle of the default configuration, as root, with all in the page cache. */
package io.carafe.benchmarks.condition;
