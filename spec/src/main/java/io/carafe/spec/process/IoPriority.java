package io.carafe.spec.process;

/**
 * What ioprio_set(2) is to set.
 *
 * @param ioClass the property {@code class}, a word that Java keeps for itself
 * @param priority 0 (highest) to 7 (lowest) is what the kernel takes
 * @see "runtime-spec config.md, Linux Process, ioPriority"
 */
public record IoPriority(IoClass ioClass, int priority) {

    /** The I/O scheduling classes, ioprio_set(2). */
    public enum IoClass {
        IOPRIO_CLASS_RT,
        IOPRIO_CLASS_BE,
        IOPRIO_CLASS_IDLE;

        /** The specification's word. */
        public String text() {
            return name();
        }
    }
}
