/** The binary under attack: what an image, a process inside or a neighbour could try. docs/security.md has the list. */
package io.carafe.runtime.binary.security;
