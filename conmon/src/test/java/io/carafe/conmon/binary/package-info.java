/** carafe-conmon as a program, and conmon beside it where that is installed. */
package io.carafe.conmon.binary;
