/** Where a process's output is kept: files in the formats of Kubernetes and of docker, and the journal. */
package io.carafe.conmon.log;
