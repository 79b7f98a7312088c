/** What the command line says of a checkpoint and a restore. */
package io.carafe.runtime.cli.checkpoint;
