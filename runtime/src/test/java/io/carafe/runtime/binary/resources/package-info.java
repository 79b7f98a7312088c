/** pause, resume, update, events and ps of the built binary, each by its effect on a real container. */
package io.carafe.runtime.binary.resources;
