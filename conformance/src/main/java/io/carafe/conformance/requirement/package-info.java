/** What the specification asks for, as rows, and what is known of how others meet it. Knows nothing of tests. */
package io.carafe.conformance.requirement;
