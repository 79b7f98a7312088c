/** The manual pages and the completions of shells, made from the rows that parse. Runs at build time and is in no binary. */
package io.carafe.manual;
