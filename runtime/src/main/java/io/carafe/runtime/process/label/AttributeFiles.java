package io.carafe.runtime.process.label;

import io.carafe.linux.KernelException;

/** The attributes of the calling thread, proc_pid_attr(5), in a procfs that nobody else can have laid (CVE-2019-16884). */
public interface AttributeFiles {

    /**
     * Writes a text in one write(2).
     *
     * @param file below /proc, as {@code thread-self/attr/exec}
     * @throws KernelException ENOENT when there is no such file
     */
    void write(String file, String text);
}
