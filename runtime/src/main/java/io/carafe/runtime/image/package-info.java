/**
 * A bundle from an OCI image: {@code carafe bundle}.
 *
 * <p>Runs before there is a container. {@code layout} finds the image, {@code layer} unpacks its layers into the store, and here
 * the image's config becomes a config.json whose root is those layers, put on one another when a container starts. Uses
 * {@code io.carafe.linux} and {@code io.carafe.spec}.
 *
 * @see "image-spec conversion.md"
 */
package io.carafe.runtime.image;
