/** Beyond the specification: what containerd, docker, podman, buildah and cri-o need of a runtime's command line. */
package io.carafe.conformance.suite.managers;
