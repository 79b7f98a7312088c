/** What managers expect of a runtime: their calls word for word, what they read of its output, the words that they look for in its errors. */
package io.carafe.runtime.binary.manager;
