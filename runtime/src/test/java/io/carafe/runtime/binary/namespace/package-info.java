/** Namespaces of a container in all their combinations, at the built binary: new, joined, inherited; id maps; roots. */
package io.carafe.runtime.binary.namespace;
