package io.carafe.spec.seccomp;

/**
 * One test of an argument.
 *
 * @param index 0 to 5
 * @param value unsigned 64 bits; for SCMP_CMP_MASKED_EQ the mask
 * @param valueTwo unsigned 64 bits, 0 when absent; for SCMP_CMP_MASKED_EQ what the masked argument must equal
 */
public record SyscallArg(int index, long value, long valueTwo, Operator op) {
}
