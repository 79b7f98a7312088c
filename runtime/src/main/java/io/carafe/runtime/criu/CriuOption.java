package io.carafe.runtime.criu;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.PRESENT_INT32;
import static io.carafe.runtime.protobuf.FieldType.PRESENT_TEXT;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.TEXTS;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.FieldType;
import io.carafe.runtime.protobuf.MessageTable;
import java.util.List;
import java.util.Optional;

/**
 * A row a field of {@code criu_opts}: its number, its name, how it is written.
 *
 * @see "CRIU, images/rpc.proto"
 */
public record CriuOption<V>(int number, String name, FieldType<V> type) {

    /** Descriptor of this process: CRIU opens it in /proc. */
    public static final CriuOption<Integer> IMAGES_DIR_FD = new CriuOption<>(1, "images_dir_fd", PRESENT_INT32);
    public static final CriuOption<Integer> PID = new CriuOption<>(2, "pid", PRESENT_INT32);
    public static final CriuOption<Boolean> LEAVE_RUNNING = new CriuOption<>(3, "leave_running", BOOL);
    public static final CriuOption<Boolean> EXT_UNIX_SK = new CriuOption<>(4, "ext_unix_sk", BOOL);
    public static final CriuOption<Boolean> TCP_ESTABLISHED = new CriuOption<>(5, "tcp_established", BOOL);
    /** A device may have another number than where the image was made. */
    public static final CriuOption<Boolean> EVASIVE_DEVICES = new CriuOption<>(6, "evasive_devices", BOOL);
    public static final CriuOption<Boolean> SHELL_JOB = new CriuOption<>(7, "shell_job", BOOL);
    public static final CriuOption<Boolean> FILE_LOCKS = new CriuOption<>(8, "file_locks", BOOL);
    public static final CriuOption<Integer> LOG_LEVEL = new CriuOption<>(9, "log_level", PRESENT_INT32);
    /** A name in the working directory. */
    public static final CriuOption<String> LOG_FILE = new CriuOption<>(10, "log_file", TEXT);
    public static final CriuOption<Optional<PageServer>> PAGE_SERVER = new CriuOption<>(11, "ps", FieldType.message(PageServer.TABLE));
    public static final CriuOption<Boolean> NOTIFY_SCRIPTS = new CriuOption<>(12, "notify_scripts", BOOL);
    public static final CriuOption<String> ROOT = new CriuOption<>(13, "root", TEXT);
    /** Counted from the images. */
    public static final CriuOption<String> PARENT_IMG = new CriuOption<>(14, "parent_img", TEXT);
    public static final CriuOption<Boolean> TRACK_MEM = new CriuOption<>(15, "track_mem", BOOL);
    public static final CriuOption<Boolean> AUTO_DEDUP = new CriuOption<>(16, "auto_dedup", BOOL);
    public static final CriuOption<Integer> WORK_DIR_FD = new CriuOption<>(17, "work_dir_fd", PRESENT_INT32);
    public static final CriuOption<Boolean> LINK_REMAP = new CriuOption<>(18, "link_remap", BOOL);
    public static final CriuOption<Boolean> MANAGE_CGROUPS = new CriuOption<>(24, "manage_cgroups", BOOL);
    public static final CriuOption<List<CgroupRoot>> CG_ROOT = new CriuOption<>(25, "cg_root", messages(CgroupRoot.TABLE));
    /** The restored process is a child of CRIU's parent. */
    public static final CriuOption<Boolean> RST_SIBLING = new CriuOption<>(26, "rst_sibling", BOOL);
    public static final CriuOption<List<InheritFd>> INHERIT_FD = new CriuOption<>(27, "inherit_fd", messages(InheritFd.TABLE));
    public static final CriuOption<Integer> MANAGE_CGROUPS_MODE = new CriuOption<>(34, "manage_cgroups_mode", PRESENT_INT32);
    /** What CRIU is not to save: {@code KIND[ID]:NAME}; at a restore {@code KIND[NAME]:WHAT}. */
    public static final CriuOption<List<String>> EXTERNAL = new CriuOption<>(37, "external", TEXTS);
    /** CLONE_NEW… bits. */
    public static final CriuOption<Integer> EMPTY_NS = new CriuOption<>(38, "empty_ns", PRESENT_INT32);
    public static final CriuOption<List<JoinNamespace>> JOIN_NS = new CriuOption<>(39, "join_ns", messages(JoinNamespace.TABLE));
    public static final CriuOption<String> FREEZE_CGROUP = new CriuOption<>(44, "freeze_cgroup", TEXT);
    public static final CriuOption<Boolean> TCP_SKIP_IN_FLIGHT = new CriuOption<>(46, "tcp_skip_in_flight", BOOL);
    public static final CriuOption<Boolean> LAZY_PAGES = new CriuOption<>(48, "lazy_pages", BOOL);
    public static final CriuOption<Boolean> ORPHAN_PTS_MASTER = new CriuOption<>(50, "orphan_pts_master", BOOL);
    public static final CriuOption<String> CONFIG_FILE = new CriuOption<>(51, "config_file", TEXT);
    public static final CriuOption<Boolean> TCP_CLOSE = new CriuOption<>(52, "tcp_close", BOOL);
    public static final CriuOption<String> LSM_PROFILE = new CriuOption<>(53, "lsm_profile", TEXT);
    public static final CriuOption<String> LSM_MOUNT_CONTEXT = new CriuOption<>(63, "lsm_mount_context", TEXT);
    public static final CriuOption<Integer> NETWORK_LOCK = new CriuOption<>(64, "network_lock", PRESENT_INT32);

    /** criu_page_server_info. */
    public record PageServer(String address, int port) {
        static final MessageTable<PageServer> TABLE = MessageTable.of(row -> new PageServer(row.next(), row.<Integer>next()),
                field(1, TEXT, PageServer::address),
                field(2, PRESENT_INT32, PageServer::port));
    }

    /** cgroup_root: where a hierarchy's cgroups are restored. @param controllers as /proc/PID/cgroup names it; empty: cgroup2 */
    public record CgroupRoot(String controllers, String path) {
        static final MessageTable<CgroupRoot> TABLE = MessageTable.of(row -> new CgroupRoot(row.next(), row.next()),
                field(1, PRESENT_TEXT, CgroupRoot::controllers),
                field(2, PRESENT_TEXT, CgroupRoot::path));
    }

    /** inherit_fd: a descriptor of CRIU's that is the file of that name. */
    public record InheritFd(String key, int fd) {
        static final MessageTable<InheritFd> TABLE = MessageTable.of(row -> new InheritFd(row.next(), row.<Integer>next()),
                field(1, PRESENT_TEXT, InheritFd::key),
                field(2, PRESENT_INT32, InheritFd::fd));
    }

    /** join_namespace. @param kind as /proc/PID/ns names it */
    public record JoinNamespace(String kind, String file) {
        static final MessageTable<JoinNamespace> TABLE = MessageTable.of(row -> new JoinNamespace(row.next(), row.next()),
                field(1, PRESENT_TEXT, JoinNamespace::kind),
                field(2, PRESENT_TEXT, JoinNamespace::file));
    }

    @Override
    public String toString() {
        return name;
    }
}
