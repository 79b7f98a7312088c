package io.carafe.runtime.criu;

/** criu_cg_mode: the words of {@code --manage-cgroups-mode}, and what CRIU does with cgroups then. */
public enum CgroupsMode {
    /** Processes stay in the cgroup that CRIU is in. */
    IGNORE(0),
    /** What cgroups there were below the container's is made where it is missing, with its limits. */
    SOFT(3),
    /** The same, and limits are restored in any case. */
    FULL(4),
    /** Nothing may be there before. */
    STRICT(5);

    public static final CgroupsMode DEFAULT = SOFT;

    public final int number;

    CgroupsMode(int number) {
        this.number = number;
    }
}
