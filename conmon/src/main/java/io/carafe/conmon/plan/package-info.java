/** What a command line asks for, decided before anything is done: complaints are made here, in conmon's words. */
package io.carafe.conmon.plan;
