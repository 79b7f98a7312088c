/**
 * checkpoint and restore: a container as files, and back. Plans say what CRIU is asked for, executors speak with it.
 *
 * <p>Only these two verbs come here.
 */
package io.carafe.runtime.container.checkpoint;
