/**
 * The words of a call: a row for each verb, a row for each flag, and who reads them. The help and the completion of shells come from
 * the same rows. Touches nothing.
 */
package io.carafe.runtime.cli.words;
