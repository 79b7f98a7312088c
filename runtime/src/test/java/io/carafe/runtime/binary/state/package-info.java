/** The state directory: what is looked at, locked, damaged and fought for by several processes at once. */
package io.carafe.runtime.binary.state;
