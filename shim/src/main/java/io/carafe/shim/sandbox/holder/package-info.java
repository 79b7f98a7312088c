/** The process that holds a pod's namespaces: how it is started, and the program of some instructions that it is then. */
package io.carafe.shim.sandbox.holder;
