/** What is mounted in a container, by its configuration and later. */
package io.carafe.runtime.binary.mount;
