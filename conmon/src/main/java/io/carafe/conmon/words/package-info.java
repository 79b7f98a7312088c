/** carafe-conmon's command line: a row an option, and the reading of words by these rows as GLib's GOption reads conmon's. */
package io.carafe.conmon.words;
