/** The output of `features`: every list comes from the rows that the parsers and plans of the rooms read. */
package io.carafe.runtime.cli.features;
