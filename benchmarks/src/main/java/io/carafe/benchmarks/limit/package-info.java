/** How little of something each runtime can do with. */
package io.carafe.benchmarks.limit;
