/** The built binary makes bundles from images, puts roots together from layers, and keeps what volumes hold. */
package io.carafe.runtime.binary.image;
