/** What {@code carafe bundle} shows while it works, and where it keeps layers when nobody says. */
package io.carafe.runtime.cli.bundle;
