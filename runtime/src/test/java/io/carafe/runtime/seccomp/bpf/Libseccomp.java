package io.carafe.runtime.seccomp.bpf;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import io.carafe.spec.seccomp.SyscallArg;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** libseccomp by JNA: the judge of what a profile means, and where the table of numbers comes from. Only for tests. */
final class Libseccomp {

    /** seccomp.h: SCMP_ARCH_…, the kernel's AUDIT_ARCH_… but for x32. */
    private static final Map<Abi, Integer> TOKENS = Map.of(Abi.X86_64, 0xc000003e, Abi.X86, 0x40000003, Abi.X32, 0x4000003e,
            Abi.AARCH64, 0xc00000b7, Abi.ARM, 0x40000028);
    /** The same of machines that carafe does not run on: mips and its kin, parisc, ppc, s390, riscv64. */
    private static final List<Integer> FOREIGN = List.of(0x8, 0x80000008, 0xa0000008, 0x40000008, 0xc0000008, 0xe0000008, 0xf, 0x8000000f,
            0x14, 0x80000015, 0xc0000015, 0x16, 0x80000016, 0xc00000f3);
    /** Above the numbers of mips, which begin at 4000, 5000 and 6000. */
    private static final int FOREIGN_ENOUGH = 7000;
    /** seccomp.h: __NR_SCMP_ERROR. */
    static final int UNKNOWN = -1;

    /** Above all numbers in a row. */
    static final int ENOUGH = 1024;
    /** Numbers below stand for subcalls: -101 for the first of socketcall, -201 for the first of ipc. */
    static final int SOCKETCALL = -100;
    static final int IPC = -200;

    private final NativeLibrary library;

    /** A call by JNA takes microseconds, and there are millions of questions. */
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, Integer> directNumbers = new HashMap<>();
    private final Map<Long, Optional<String>> names = new HashMap<>();

    private Libseccomp(NativeLibrary library) {
        this.library = library;
    }

    /** @return empty where it is not installed */
    static Optional<Libseccomp> find() {
        try {
            return Optional.of(new Libseccomp(NativeLibrary.getInstance("libseccomp.so.2")));
        } catch (UnsatisfiedLinkError e) {
            return Optional.empty();
        }
    }

    /** As {@code 2.5.4}. */
    String version() {
        Pointer version = library.getFunction("seccomp_version").invokePointer(new Object[0]);
        return version.getInt(0) + "." + version.getInt(4) + "." + version.getInt(8);
    }

    /** @return a number; below -1 when the name exists, but not on this ABI; {@link #UNKNOWN} */
    int number(Abi abi, String name) {
        return numbers.computeIfAbsent(abi.name().concat(name), key ->
                library.getFunction("seccomp_syscall_resolve_name_arch").invokeInt(new Object[] {TOKENS.get(abi), name}));
    }

    /** Whether a number of {@link #number} stands for a call through socketcall(2) or ipc(2). */
    boolean isMultiplexed(Abi abi, int number) {
        return abi == Abi.X86 && number < SOCKETCALL && number > IPC - 100;
    }

    /** The number of the multiplexer that another number stands for. */
    int multiplexer(int number) {
        return number(Abi.X86, number > IPC ? "socketcall" : "ipc");
    }

    /** libseccomp answers a name on x86 with the way through the multiplexer. @return the direct number, -1 when there is none */
    int directNumber(String name) {
        return directNumbers.computeIfAbsent(name, key -> {
            for (int number = 0; number < ENOUGH; number++) {
                if (name(Abi.X86, number).filter(name::equals).isPresent()) {
                    return number;
                }
            }
            return -1;
        });
    }

    /** @return the name of a number, also of the negative ones that stand for calls through a multiplexer */
    Optional<String> name(Abi abi, int number) {
        return names.computeIfAbsent((long) abi.ordinal() << 32 | number & 0xffffffffL, key -> resolve(abi, number));
    }

    /** The names of calls that machines have which carafe does not run on. */
    Set<String> foreignNames() {
        Set<String> names = new TreeSet<>();
        for (int token : FOREIGN) {
            for (int number = 0; number < FOREIGN_ENOUGH; number++) {
                resolve(token, number).ifPresent(names::add);
            }
        }
        return names;
    }

    private Optional<String> resolve(Abi abi, int number) {
        return resolve(TOKENS.get(abi), number);
    }

    private Optional<String> resolve(int token, int number) {
        Pointer name = library.getFunction("seccomp_syscall_resolve_num_arch").invokePointer(new Object[] {token, number});
        if (name == null) {
            return Optional.empty();
        }
        String text = name.getString(0);
        Native.free(Pointer.nativeValue(name));
        return Optional.of(text);
    }

    /** A filter of the machine's own ABI, here x86_64's, to which rules are added, and which is then exported. */
    Filter filter(int defaultValue) {
        return new Filter(defaultValue);
    }

    /** scmp_filter_ctx. Its values of actions are those of SECCOMP_RET_…. */
    final class Filter implements AutoCloseable {

        private final Pointer context;

        private Filter(int defaultValue) {
            context = library.getFunction("seccomp_init").invokePointer(new Object[] {defaultValue});
        }

        void addArch(Abi abi) {
            library.getFunction("seccomp_arch_add").invokeInt(new Object[] {context, TOKENS.get(abi)});
        }

        void removeArch(Abi abi) {
            library.getFunction("seccomp_arch_remove").invokeInt(new Object[] {context, TOKENS.get(abi)});
        }

        /** @return 0, or -errno */
        int addRule(int value, int number, List<SyscallArg> args) {
            final int sizeOfArgCmp = 24;
            Memory array = new Memory(Math.max(1, args.size()) * (long) sizeOfArgCmp);
            for (int i = 0; i < args.size(); i++) {
                long at = (long) i * sizeOfArgCmp;
                array.setInt(at, args.get(i).index());
                array.setInt(at + 4, args.get(i).op().ordinal() + 1); // SCMP_CMP_NE is 1
                array.setLong(at + 8, args.get(i).value());
                array.setLong(at + 16, args.get(i).valueTwo());
            }
            return library.getFunction("seccomp_rule_add_array").invokeInt(new Object[] {context, value, number, args.size(), array});
        }

        /** Puts a call in front of others in the filter, which makes no other difference. */
        void putInFront(int number) {
            final int highest = 255;
            library.getFunction("seccomp_syscall_priority").invokeInt(new Object[] {context, number, highest});
        }

        /** seccomp_export_bpf: struct sock_filter, one a word. */
        long[] export() {
            try {
                Path file = Files.createTempFile("carafe-test", ".bpf");
                try {
                    NativeLibrary c = NativeLibrary.getInstance("c");
                    final int writeOnly = 1;
                    int fd = c.getFunction("open").invokeInt(new Object[] {file.toString(), writeOnly});
                    library.getFunction("seccomp_export_bpf").invokeInt(new Object[] {context, fd});
                    c.getFunction("close").invokeInt(new Object[] {fd});
                    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
                    long[] instructions = new long[bytes.remaining() / Long.BYTES];
                    bytes.asLongBuffer().get(instructions);
                    return instructions;
                } finally {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            library.getFunction("seccomp_release").invokeVoid(new Object[] {context});
        }
    }
}
