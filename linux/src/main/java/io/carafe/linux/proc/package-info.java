/** Readers of the texts under /proc: mountinfo, status, id maps, a process's cgroups. Texts in, records out; no calls. */
package io.carafe.linux.proc;
