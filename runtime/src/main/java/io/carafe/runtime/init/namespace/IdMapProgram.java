package io.carafe.runtime.init.namespace;

import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;

import io.carafe.linux.Complaint;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.init.namespace.IdMaps.Side;
import io.carafe.spec.linux.IdMapping;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** newuidmap(1) or newgidmap(1): writes for an ordinary user the map that /etc/subuid or /etc/subgid allows it. */
final class IdMapProgram {

    private static final String FALLBACK_PATH = "/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/bin:/usr/local/sbin";
    private static final int COMPLAINT = 1024;
    private static final int NOT_EXECUTED = 127;

    private final Linux linux;
    private final String name;

    IdMapProgram(Linux linux, String name) {
        this.linux = linux;
        this.name = name;
    }

    /** @throws KernelException ENOENT where it is not installed; EPERM with its own words where it refuses */
    void run(Side side, int pid) {
        String path = find(side);
        List<String> args = new ArrayList<>(List.of(name, Integer.toString(pid)));
        for (IdMapping range : side.ranges()) {
            args.add(Long.toString(range.containerID()));
            args.add(Long.toString(range.hostID()));
            args.add(Long.toString(range.size()));
        }
        try (Fd complaints = linux.files.memfdCreate("output", MFD_CLOEXEC)) {
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                linux.kernel.named(path);
                become(path, args, complaints);
            }
            try (Fd pidfd = clone.pidfd().orElseThrow()) {
                Exit exit = linux.processes.waitFor(pidfd);
                if (exit.code() != 0) {
                    throw new KernelException("write " + side.property() + " by " + path, Errno.EPERM).hint(Errno.EPERM, said(complaints, exit));
                }
            }
        }
    }

    private String find(Side side) {
        String path = CallerStrings.of(linux.kernel).variable("PATH").orElse("");
        for (String dir : (path + ":" + FALLBACK_PATH).split(":", -1)) {
            String candidate = dir + "/" + name;
            if (dir.startsWith("/") && linux.paths.isExecutable(Fd.CWD, candidate)) {
                return candidate;
            }
        }
        throw new KernelException("write " + side.property() + " by " + name, Errno.ENOENT).hint(Errno.ENOENT,
                "an ordinary user may map its own id only; for more, install the package uidmap, and see subuid(5)");
    }

    /** The child: never returns. */
    private void become(String path, List<String> args, Fd complaints) {
        try {
            linux.files.dup3(complaints, 1, 0);
            linux.files.dup3(complaints, 2, 0);
            linux.descriptors.closeOnExecFrom(3);
            throw linux.processes.execve(path, args, List.of());
        } catch (Throwable failure) {
            linux.files.write(Fd.borrowed(2), Complaint.of(failure).getBytes(StandardCharsets.UTF_8));
        } finally {
            linux.processes.exit(NOT_EXECUTED);
        }
    }

    private String said(Fd complaints, Exit exit) {
        byte[] text = new byte[COMPLAINT];
        linux.files.seek(complaints, 0);
        int length = linux.files.read(complaints, text, 0, text.length);
        String said = new String(text, 0, length, StandardCharsets.UTF_8).strip().replace('\n', ' ');
        return said.isEmpty() ? name + " ended with status " + exit.code() : said;
    }
}
