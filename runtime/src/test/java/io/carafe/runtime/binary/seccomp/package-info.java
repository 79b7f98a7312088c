/** linux.seccomp in real containers: what they may call, and who is asked. */
package io.carafe.runtime.binary.seccomp;
