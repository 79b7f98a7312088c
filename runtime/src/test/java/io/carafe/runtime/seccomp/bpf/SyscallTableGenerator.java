package io.carafe.runtime.seccomp.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes {@code syscalls.txt} from the libseccomp that is installed.
 *
 * <p>Run it when libseccomp knows new calls, with the file as its argument:
 * {@code mvn -pl runtime -am test-compile exec:java -Dexec.classpathScope=test
 * -Dexec.mainClass=io.carafe.runtime.seccomp.bpf.SyscallTableGenerator -Dexec.args=…/syscalls.txt}.
 */
final class SyscallTableGenerator {

    /** Calls that came after Debian 12's libseccomp, with numbers that are the same on all ABIs (asm-generic/unistd.h, syscall.tbl). */
    private static final Map<String, Integer> NEWER = new TreeMap<>(Map.ofEntries(
            Map.entry("statmount", 457), Map.entry("listmount", 458), Map.entry("lsm_get_self_attr", 459),
            Map.entry("lsm_set_self_attr", 460), Map.entry("lsm_list_modules", 461), Map.entry("mseal", 462),
            Map.entry("setxattrat", 463), Map.entry("getxattrat", 464), Map.entry("listxattrat", 465),
            Map.entry("removexattrat", 466), Map.entry("open_tree_attr", 467), Map.entry("file_getattr", 468),
            Map.entry("file_setattr", 469), Map.entry("listns", 470), Map.entry("rseq_slice_yield", 471)));
    /** The same, of x86_64 alone. */
    private static final Map<String, Integer> NEWER_X86_64 = Map.of("uretprobe", 335, "uprobe", 336);


    private final Libseccomp libseccomp;

    SyscallTableGenerator(Libseccomp libseccomp) {
        this.libseccomp = libseccomp;
    }

    public static void main(String[] args) throws IOException {
        Libseccomp installed = Libseccomp.find().orElseThrow(() -> new IllegalStateException("libseccomp.so.2 is not installed"));
        Files.writeString(Path.of(args[0]), new SyscallTableGenerator(installed).text());
    }

    /** The whole file. */
    String text() {
        StringBuilder text = new StringBuilder();
        text.append("# Made by SyscallTableGenerator from libseccomp ").append(libseccomp.version())
                .append(" and its own list of newer calls. Do not edit.\n");
        text.append("# name x86_64 x32 x86 aarch64 arm multiplexer.subcall (x86; x32 without its bit 0x40000000)\n");
        for (String name : names()) {
            text.append(row(name)).append('\n');
        }
        return text.toString();
    }

    /** All names that have a number on one of the ABIs; and those of other machines, which a profile for all machines has as well. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(NEWER.keySet());
        names.addAll(NEWER_X86_64.keySet());
        for (Abi abi : Abi.values()) {
            for (int number = 0; number < Libseccomp.ENOUGH; number++) {
                libseccomp.name(abi, abi.bit + number).ifPresent(names::add);
                if (abi == Abi.ARM) {
                    libseccomp.name(abi, Abi.ARM.apart + number).ifPresent(names::add);
                }
            }
        }
        for (int number = Libseccomp.IPC - 99; number < Libseccomp.SOCKETCALL; number++) {
            libseccomp.name(Abi.X86, number).ifPresent(names::add);
        }
        names.removeIf(name -> row(name).endsWith(" - - - - - -"));
        names.addAll(libseccomp.foreignNames());
        return names;
    }

    /** A line of the file. */
    String row(String name) {
        StringBuilder row = new StringBuilder(name);
        for (Abi abi : Abi.values()) {
            int number = number(abi, name);
            row.append(' ').append(number < 0 ? "-" : Integer.toString(number));
        }
        return row.append(' ').append(multiplexer(name)).toString();
    }

    private int number(Abi abi, String name) {
        int number = libseccomp.number(abi, name);
        if (abi == Abi.X86 && !multiplexer(name).equals("-")) {
            return libseccomp.directNumber(name);
        }
        if (number == Libseccomp.UNKNOWN) {
            return abi == Abi.X86_64 && NEWER_X86_64.containsKey(name) ? NEWER_X86_64.get(name) : NEWER.getOrDefault(name, -1);
        }
        return number < 0 ? -1 : number & ~abi.bit;
    }

    private String multiplexer(String name) {
        int number = libseccomp.number(Abi.X86, name);
        if (!libseccomp.isMultiplexed(Abi.X86, number)) {
            return "-";
        }
        return number > Libseccomp.IPC ? "socketcall." + (Libseccomp.SOCKETCALL - number) : "ipc." + (Libseccomp.IPC - number);
    }
}
