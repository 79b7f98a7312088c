package io.carafe.runtime.container.state;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.SeccompFlags.ClassicBpf;
import io.carafe.linux.abi.Struct.SockFilter;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.RecordTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A container's seccomp filter as exec needs it: compiled, in the file {@code seccomp.bpf} beside the state.
 *
 * @param instructions how many there are in the file
 * @param flags SECCOMP_FILTER_FLAG_…
 * @param listenerPath of who answers SCMP_ACT_NOTIFY
 * @param listenerMetadata for it
 */
public record SavedFilter(int instructions, int flags, Optional<String> listenerPath, Optional<String> listenerMetadata) {

    static final RecordTable<SavedFilter> TABLE = RecordTable.of(
            row -> new SavedFilter(row.<Integer>next(), row.<Integer>next(), row.next(), row.next()),
            required("instructions", IntType.range(1, ClassicBpf.BPF_MAXINSNS), SavedFilter::instructions),
            required("flags", IntType.INT32, SavedFilter::flags),
            optional("listenerPath", TEXT, SavedFilter::listenerPath),
            optional("listenerMetadata", TEXT, SavedFilter::listenerMetadata));

    private static final String FILE = "seccomp.bpf";
    private static final int PRIVATE_FILE = 0600;
    private static final int LARGEST = ClassicBpf.BPF_MAXINSNS * SockFilter.SIZE;

    /** Writes the program. @param dir the state directory; the state that gets the result must be saved after it */
    public static SavedFilter write(Linux linux, StateDir dir, SeccompPlan plan) {
        ByteBuffer bytes = ByteBuffer.allocate(plan.filter().length * SockFilter.SIZE).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < plan.filter().length; i++) {
            bytes.putLong(plan.filter()[i]);
        }
        try (Fd file = linux.files.openat(dir.fd(), FILE, O_WRONLY | O_CREAT | O_EXCL, PRIVATE_FILE)) {
            linux.files.write(file, bytes.array());
        }
        return new SavedFilter(plan.filter().length, plan.flags(), plan.listener().map(SeccompPlan.Listener::path),
                plan.listener().flatMap(SeccompPlan.Listener::metadata));
    }

    /** Reads the program. @throws ContainerException when the file has not the length that was saved: a container never runs on half a filter */
    public SeccompPlan read(Linux linux, StateDir dir) {
        int length = instructions * SockFilter.SIZE;
        byte[] content;
        try (Fd file = linux.files.openat(dir.fd(), FILE, O_RDONLY | O_NOFOLLOW, 0)) {
            content = linux.files.readAll(file, LARGEST);
        } catch (KernelException e) {
            throw e.during(FILE);
        }
        if (content.length != length) {
            throw new ContainerException(FILE + ": expected " + length + " bytes, found " + content.length);
        }
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long[] filter = new long[instructions];
        for (int i = 0; i < instructions; i++) {
            filter[i] = bytes.getLong();
        }
        return new SeccompPlan(filter, flags, listenerPath.map(path -> new SeccompPlan.Listener(path, listenerMetadata)), false);
    }
}
