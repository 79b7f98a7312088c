/** Benchmarks whose result is not how long a run takes, but how much longer with one thing more in its configuration. */
package io.carafe.benchmarks.slope;
