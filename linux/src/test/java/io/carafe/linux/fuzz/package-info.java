/** What the targets of `make fuzz` have in common: a class XyzFuzzTarget beside what it tries, and its corpus in src/test/fuzz/Xyz. */
package io.carafe.linux.fuzz;
