/** Calls on processes: their life, their credentials, their namespaces. */
package io.carafe.linux.call.process;
