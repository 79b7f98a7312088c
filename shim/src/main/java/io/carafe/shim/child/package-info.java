/** Programs that the shim starts, the runtime first of all, and the ends of these and of all that became the shim's children. */
package io.carafe.shim.child;
