/** The output of `plan`: what a create would do, as text and as JSON. */
package io.carafe.runtime.cli.plan;
