/** What systemd does for a create, where the caller wants it to make the cgroup: {@link io.carafe.runtime.container.scope.ScopeSetup}. */
package io.carafe.runtime.container.scope;
