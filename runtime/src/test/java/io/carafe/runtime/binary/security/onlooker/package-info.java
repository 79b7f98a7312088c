/** Attacks by processes of a container with CAP_SYS_PTRACE on what carafe has born into its pid namespace. */
package io.carafe.runtime.binary.security.onlooker;
