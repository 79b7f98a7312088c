/** The output of `list` and the names of owners: text for people and JSON for managers, with runc's columns and keys. */
package io.carafe.runtime.cli.list;
