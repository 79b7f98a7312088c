package io.carafe.spec.codec;

import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.optionalInt;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.spec.OciVersion;
import io.carafe.spec.state.ContainerProcessState;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.TextType;
import io.carafe.spec.table.Words;

/** The state of a container, and the container process state that goes to a seccomp agent. */
public final class StateJson {

    /** For the rows of a runtime's own record: it may add properties to the state (runtime.md, State). */
    public static final TextType<OciVersion> VERSION = VersionType.ANY;

    /** As {@link #VERSION}. */
    public static final Words<Status> STATUS = Words.of(Status.values(), Status::text);

    private static final IntType PID = IntType.range(0, Integer.MAX_VALUE);

    /** As {@link #VERSION}. */
    public static final RecordTable<State> STATE = RecordTable.of(
            row -> new State(row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            required("ociVersion", VERSION, State::ociVersion),
            required("id", TEXT, State::id),
            required("status", STATUS, State::status),
            optionalInt("pid", PID, State::pid),
            required("bundle", TEXT, State::bundle),
            map("annotations", TEXT, State::annotations));

    private static final RecordTable<ContainerProcessState> CONTAINER_PROCESS_STATE = RecordTable.of(
            row -> new ContainerProcessState(row.next(), row.next(), row.next(), row.next(), row.next()),
            required("ociVersion", VERSION, ContainerProcessState::ociVersion),
            list("fds", TEXT, ContainerProcessState::fds),
            required("pid", PID, ContainerProcessState::pid),
            optional("metadata", TEXT, ContainerProcessState::metadata),
            required("state", STATE, ContainerProcessState::state));

    private StateJson() {
    }

    /**
     * Reads the state that a runtime or its hook got; properties beyond the specification's are passed over.
     *
     * @throws io.carafe.spec.json.SpecException when it is not one; the message names the property
     */
    public static State read(byte[] json, int offset, int length) {
        return STATE.read(json, offset, length);
    }

    /** Writes a state with tabs, a line per value. */
    public static byte[] write(State state) {
        return STATE.pretty(state);
    }

    /** Writes a state on one line, as hooks get it. */
    public static byte[] writeCompact(State state) {
        return STATE.compact(state);
    }

    /**
     * Reads a container process state.
     *
     * @throws io.carafe.spec.json.SpecException when it is not one; the message names the property
     */
    public static ContainerProcessState readProcessState(byte[] json, int offset, int length) {
        return CONTAINER_PROCESS_STATE.read(json, offset, length);
    }

    /** Writes a container process state on one line, as a seccomp agent gets it. */
    public static byte[] writeProcessState(ContainerProcessState state) {
        return CONTAINER_PROCESS_STATE.compact(state);
    }
}
