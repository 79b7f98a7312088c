package io.carafe.linux.abi;

/** The machines that carafe knows the numbers of. In an image it is the machine that the image was built for. */
public enum Arch {
    X86_64("amd64"),
    AARCH64("aarch64");

    public static final Arch HERE = of(System.getProperty("os.arch"));

    private final String javaName;

    Arch(String javaName) {
        this.javaName = javaName;
    }

    private static Arch of(String javaName) {
        for (Arch arch : values()) {
            if (arch.javaName.equals(javaName)) {
                return arch;
            }
        }
        throw new ExceptionInInitializerError("carafe knows x86_64 and aarch64, not " + javaName);
    }
}
