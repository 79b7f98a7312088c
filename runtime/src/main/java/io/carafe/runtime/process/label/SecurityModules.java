package io.carafe.runtime.process.label;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.SELINUX_MAGIC;
import static io.carafe.linux.abi.FileFlags.ST_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.FileSystem;
import java.util.Optional;

/** Which of the security modules that have labels are enabled on this machine. */
public record SecurityModules(boolean apparmor, boolean selinux) {

    /** For who asks for no label. */
    public static final SecurityModules NONE = new SecurityModules(false, false);

    private static final String SELINUX = "/sys/fs/selinux";

    /** Looks as runc and libselinux do: AppArmor says so itself, SELinux has its file system mounted and writable. */
    public static SecurityModules probe(Linux linux) {
        return new SecurityModules(apparmorIsEnabled(linux), selinuxIsEnabled(linux));
    }

    private static boolean apparmorIsEnabled(Linux linux) {
        Optional<Fd> found = linux.files.openIfPresent(Fd.CWD, "/sys/module/apparmor/parameters/enabled", O_RDONLY);
        if (found.isEmpty()) {
            return false;
        }
        try (Fd file = found.get()) {
            byte[] answer = linux.files.readAll(file, 16);
            return answer.length > 0 && answer[0] == 'Y' && linux.paths.statxIfPresent(Fd.CWD, "/sys/kernel/security/apparmor", 0).isPresent();
        }
    }

    private static boolean selinuxIsEnabled(Linux linux) {
        try {
            FileSystem fileSystem = linux.paths.statfs(SELINUX);
            return fileSystem.type() == SELINUX_MAGIC && (fileSystem.flags() & ST_RDONLY) == 0;
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            return false;
        }
    }
}
