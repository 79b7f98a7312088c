package io.carafe.shim.message;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.BYTES;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.name.AbsolutePath;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * containerd.runc.v1.Options, which {@code ctr} and containerd's configuration set for a runtime.
 *
 * @param criuImagePath where a restore finds its images, in the place of the request's checkpoint
 * @param criuWorkPath where CRIU writes its log then
 * @param ioUid who owns the container's standard streams
 */
public record Options(boolean noPivotRoot, boolean noNewKeyring, String shimCgroup, int ioUid, int ioGid, String binaryName, String root,
        boolean systemdCgroup, String criuImagePath, String criuWorkPath) {

    public static final String TYPE = "containerd.runc.v1.Options";

    public static final MessageTable<Options> TABLE = MessageTable.of(
            row -> new Options(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            field(1, BOOL, Options::noPivotRoot),
            field(2, BOOL, Options::noNewKeyring),
            field(3, TEXT, Options::shimCgroup),
            field(4, UINT32, Options::ioUid),
            field(5, UINT32, Options::ioGid),
            field(6, TEXT, Options::binaryName),
            field(7, TEXT, Options::root),
            field(9, BOOL, Options::systemdCgroup),
            field(10, TEXT, Options::criuImagePath),
            field(11, TEXT, Options::criuWorkPath));

    private static final int MOST_CONFIG = 1 << 20;

    public static final Options NONE = TABLE.read(new byte[0]);

    /** @throws IllegalArgumentException for an id that is none: fchown(2) would leave the streams as they are */
    public Options {
        requireId("IoUid", ioUid);
        requireId("IoGid", ioGid);
    }

    private static void requireId(String key, int id) {
        if (id == -1) {
            throw new IllegalArgumentException("options: " + key + ": expected an id from 0 to 4294967294, found 4294967295");
        }
    }

    /** The same for containers whose cgroups systemd makes. */
    public Options withSystemdCgroup() {
        return new Options(noPivotRoot, noNewKeyring, shimCgroup, ioUid, ioGid, binaryName, root, true, criuImagePath, criuWorkPath);
    }

    /** runtimeoptions.v1.Options: what containerd's CRI, ctr and docker send where they do not know the runtime. */
    private record Generic(String typeUrl, String configPath, byte[] configBody) {

        static final String TYPE = "runtimeoptions.v1.Options";

        static final MessageTable<Generic> TABLE = MessageTable.of(row -> new Generic(row.next(), row.next(), row.next()),
                field(1, TEXT, Generic::typeUrl),
                field(2, TEXT, Generic::configPath),
                field(3, BYTES, Generic::configBody));
    }

    /**
     * What a request brought: these, or the same as TOML, in it (containerd 1.7) or in a file that it names. Options of another type are
     * none.
     *
     * @throws io.carafe.linux.KernelException ENOENT: the file is not there
     * @throws IllegalArgumentException for TOML that has something else, and as {@link #checked}
     */
    public static Options of(Linux linux, Optional<Any> any) {
        if (any.isEmpty()) {
            return NONE;
        }
        byte[] value = any.get().value();
        if (any.get().is(TYPE)) {
            return TABLE.read(value).checked();
        }
        if (!any.get().is(Generic.TYPE)) {
            return NONE;
        }
        Generic generic = Generic.TABLE.read(value);
        return TomlOptions.parse(generic.configPath().isEmpty() ? new String(generic.configBody(), StandardCharsets.UTF_8)
                : text(linux, AbsolutePath.of("options: ConfigPath", generic.configPath()))).checked();
    }

    /** Whether it is something that {@link #of} reads. */
    public static boolean areIn(Any any) {
        return any.is(TYPE) || any.is(Generic.TYPE);
    }

    private static String text(Linux linux, String path) {
        try (Fd file = linux.files.open(path, O_RDONLY | O_NONBLOCK)) {
            if (linux.files.fstat(file).type() != FileFlags.S_IFREG) {
                throw new IllegalArgumentException("options: ConfigPath: expected a regular file, found something else at " + path);
            }
            return new String(linux.files.readAll(file, MOST_CONFIG), StandardCharsets.UTF_8);
        } catch (KernelException e) {
            throw e.during("options: ConfigPath " + path);
        }
    }

    /**
     * The same.
     *
     * @throws IllegalArgumentException for a root that means another directory to each of a shim's processes; a runtime that is neither a
     *     name for PATH nor an absolute path; a cgroup outside the hierarchies
     */
    public Options checked() {
        AbsolutePath.orEmpty("options: Root", root);
        AbsolutePath.orEmpty("options: CriuImagePath", criuImagePath);
        AbsolutePath.orEmpty("options: CriuWorkPath", criuWorkPath);
        // Which program it is the manager says, by whatever way to it.
        if (binaryName.indexOf('/') >= 0 ? !binaryName.startsWith("/") : AbsolutePath.ascends(binaryName)) {
            throw new IllegalArgumentException("options: BinaryName: expected a name or an absolute path, found \"" + binaryName + '"');
        }
        if (AbsolutePath.ascends(shimCgroup)) {
            throw new IllegalArgumentException("options: ShimCgroup: expected a path without \"..\", found \"" + shimCgroup + '"');
        }
        return this;
    }
}
