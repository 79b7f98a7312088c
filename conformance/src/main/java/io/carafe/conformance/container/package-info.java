/** What a test holds: a container of the runtime under test, with its bundle, its operations and the evidence of both. */
package io.carafe.conformance.container;
