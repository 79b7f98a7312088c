/**
 * The store of layers that all bundles share.
 *
 * <p>Runs in {@code carafe bundle}. Has layers unpacked by {@code runtime.image.layer}, each once, and gives them their names when
 * they are whole.
 */
package io.carafe.runtime.image.store;
