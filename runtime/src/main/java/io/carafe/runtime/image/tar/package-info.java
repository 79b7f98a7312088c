/**
 * Reads tar: ustar, PAX and GNU's, long names, sparse files, extended attributes.
 *
 * <p>A library's reader would do but for one thing: extended attributes are bytes, and the usual ones read PAX values as UTF-8,
 * which destroys file capabilities such as cap_setuid (its mask has the byte 0x80). Knows nothing of layers or files.
 *
 * @see "POSIX.1-2017 pax, ustar and pax Interchange Format; tar(5) of libarchive; GNU tar manual, Tar Internals"
 */
package io.carafe.runtime.image.tar;
