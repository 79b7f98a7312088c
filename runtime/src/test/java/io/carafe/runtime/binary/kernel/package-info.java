/** Other kernels, and filters around the runtime: what is missing there has an older way, or says what it is. */
package io.carafe.runtime.binary.kernel;
