/**
 * SVG of what was measured, from the samples that are kept: bars, slopes, distributions, and the time line of one run. Readable in light and
 * in dark, without a script. Pure: touches neither files nor processes.
 */
package io.carafe.benchmarks.picture;
