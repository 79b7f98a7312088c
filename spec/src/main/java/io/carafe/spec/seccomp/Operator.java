package io.carafe.spec.seccomp;

/** How an argument is compared. */
public enum Operator {
    SCMP_CMP_NE,
    SCMP_CMP_LT,
    SCMP_CMP_LE,
    SCMP_CMP_EQ,
    SCMP_CMP_GE,
    SCMP_CMP_GT,
    SCMP_CMP_MASKED_EQ;

    /** The specification's word. */
    public String text() {
        return name();
    }
}
