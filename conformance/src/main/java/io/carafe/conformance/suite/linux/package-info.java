/** config-linux.md: namespaces, devices, network devices, paths. */
package io.carafe.conformance.suite.linux;
