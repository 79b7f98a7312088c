/** What {@code carafe bundle} shows while it works, where it keeps layers when nobody says, and what {@code carafe images} prints. */
package io.carafe.runtime.cli.bundle;
