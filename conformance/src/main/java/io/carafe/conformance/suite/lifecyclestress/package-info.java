/** Beyond the specification: two operations on one container at once, and many containers. */
package io.carafe.conformance.suite.lifecyclestress;
