/** The output of `trace`: what `--trace` wrote, read again and added up. Pure: touches neither files nor processes. */
package io.carafe.runtime.cli.trace;
