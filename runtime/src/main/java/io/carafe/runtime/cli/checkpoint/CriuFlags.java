package io.carafe.runtime.cli.checkpoint;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.runtime.container.checkpoint.Images;
import io.carafe.runtime.criu.CgroupsMode;
import io.carafe.runtime.criu.CriuOption;
import io.carafe.runtime.criu.CriuOptions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The flags of checkpoint and restore: most are options of CRIU's under another name. */
public final class CriuFlags {

    private static final List<Map.Entry<Flag, CriuOption<Boolean>>> SWITCHES = List.of(
            Map.entry(Flag.LEAVE_RUNNING, CriuOption.LEAVE_RUNNING),
            Map.entry(Flag.TCP_ESTABLISHED, CriuOption.TCP_ESTABLISHED),
            Map.entry(Flag.TCP_SKIP_IN_FLIGHT, CriuOption.TCP_SKIP_IN_FLIGHT),
            Map.entry(Flag.TCP_CLOSE, CriuOption.TCP_CLOSE),
            Map.entry(Flag.LINK_REMAP, CriuOption.LINK_REMAP),
            Map.entry(Flag.EXT_UNIX_SK, CriuOption.EXT_UNIX_SK),
            Map.entry(Flag.SHELL_JOB, CriuOption.SHELL_JOB),
            Map.entry(Flag.LAZY_PAGES, CriuOption.LAZY_PAGES),
            Map.entry(Flag.FILE_LOCKS, CriuOption.FILE_LOCKS),
            Map.entry(Flag.AUTO_DEDUP, CriuOption.AUTO_DEDUP));
    /** criu_network_lock_method. */
    private static final List<String> NETWORK_LOCKS = List.of("iptables", "nftables", "skip");
    private static final int HIGHEST_PORT = 65535;
    private static final int MOST_DIGITS = 6;

    private final Linux linux;
    private final CommandLine line;

    public CriuFlags(Linux linux, CommandLine line) {
        this.linux = linux;
        this.line = line;
    }

    public Images images() {
        return new Images(line.value(Flag.IMAGE_PATH).filter(path -> !path.isEmpty()).orElse(Images.DEFAULT),
                line.value(Flag.WORK_PATH).filter(path -> !path.isEmpty()), line.value(Flag.PARENT_PATH).filter(path -> !path.isEmpty()));
    }

    public CriuOptions options() {
        CriuOptions options = CriuOptions.NONE;
        for (Map.Entry<Flag, CriuOption<Boolean>> row : SWITCHES) {
            if (line.has(row.getKey())) {
                options = options.with(row.getValue(), true);
            }
        }
        for (String namespace : line.values(Flag.EMPTY_NS)) {
            if (!namespace.equals("network")) {
                throw new UsageException("--empty-ns: expected network, found \"" + namespace + '"');
            }
            options = options.with(CriuOption.EMPTY_NS, (int) ProcessFlags.CLONE_NEWNET);
        }
        return options
                .withIfPresent(CriuOption.MANAGE_CGROUPS_MODE, line.value(Flag.MANAGE_CGROUPS_MODE).filter(word -> !word.isEmpty())
                        .map(word -> CgroupsMode.valueOf(word.toUpperCase(Locale.ROOT)).number))
                .withIfPresent(CriuOption.NETWORK_LOCK, line.value(Flag.NETWORK_LOCK).map(word -> NETWORK_LOCKS.indexOf(word) + 1))
                .withIfPresent(CriuOption.PAGE_SERVER, line.value(Flag.PAGE_SERVER).filter(word -> !word.isEmpty()).map(word -> Optional.of(pageServer(word))))
                .withIfPresent(CriuOption.LSM_PROFILE, line.value(Flag.LSM_PROFILE).filter(word -> !word.isEmpty()))
                .withIfPresent(CriuOption.LSM_MOUNT_CONTEXT, line.value(Flag.LSM_MOUNT_CONTEXT).filter(word -> !word.isEmpty()));
    }

    private static CriuOption.PageServer pageServer(String word) {
        int colon = word.lastIndexOf(':');
        String address = word.substring(0, Math.max(0, colon));
        if (address.startsWith("[") && address.endsWith("]")) {
            address = address.substring(1, address.length() - 1);
        }
        int port = number(word.substring(colon + 1)).orElse(0);
        if (address.isEmpty() || port < 1 || port > HIGHEST_PORT) {
            throw new UsageException("--page-server: expected ADDRESS:PORT, found \"" + word + '"');
        }
        return new CriuOption.PageServer(address, port);
    }

    private static Optional<Integer> number(String text) {
        boolean plain = !text.isEmpty() && text.length() <= MOST_DIGITS;
        for (int i = 0; i < text.length(); i++) {
            plain &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return plain ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    /** A descriptor of the caller's that can be written to. */
    public OptionalInt statusFd() {
        Optional<String> word = line.value(Flag.STATUS_FD).filter(text -> !text.isEmpty() && !text.equals("-1"));
        if (word.isEmpty()) {
            return OptionalInt.empty();
        }
        int number = number(word.get()).orElseThrow(() -> new UsageException("--status-fd: expected a number, found \"" + word.get() + '"'));
        try {
            if ((linux.files.fcntl(Fd.borrowed(number), FileFlags.F_GETFL, 0) & FileFlags.O_ACCMODE) == FileFlags.O_RDONLY) {
                throw new UsageException("--status-fd: expected a descriptor that can be written to, found " + number);
            }
        } catch (KernelException e) {
            throw e.during("--status-fd " + number);
        }
        return OptionalInt.of(number);
    }
}
