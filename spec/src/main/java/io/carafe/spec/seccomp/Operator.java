package io.carafe.spec.seccomp;

/** The comparison of an argument. */
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
