package io.carafe.conformance.suite.linux.seccomp;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.json.Document;
import io.carafe.conformance.socket.Connection;
import io.carafe.conformance.socket.Listener;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** SCMP_ACT_NOTIFY with a listener, and the container process state that it is sent. */
class Agent {

    @Test
    @Tag("config-linux.seccomp.listenerPath.socket")
    void a_stream_socket_is_connected_to(Container container) {
        Expect.that(!connectionToAgent(container).parts().isEmpty(), "nothing has come");
    }

    @Test
    @Tag("config-linux.seccomp.listenerPath.one-state")
    void one_connection_brings_one_state(Container container) {
        Document.parse(connectionToAgent(container).text());
    }

    @Test
    @Tag("config-linux.seccomp.listenerPath.not-reused")
    void each_container_makes_a_connection(Container container) {
        Path socket = container.sandbox().work().resolve("agent");
        try (Listener listener = Listener.at(socket)) {
            Container other = container.another();
            notified(container, socket).created().started();
            notified(other, socket).created().started();
            Expect.eventually(container, () -> ended(listener) == 2, "connections that have ended: " + ended(listener));
            List<String> ids = listener.connections().stream().map(connection -> Document.parse(connection.text()).text("/state/id"))
                    .sorted().toList();
            Expect.equal(List.of(container.id(), other.id()), ids, "containers of the connections");
        }
    }

    @Test
    @Tag("config-linux.seccomp.listenerPath.closed")
    void the_connection_is_closed_after_the_state(Container container) {
        Expect.that(connectionToAgent(container).ended(), "the connection is still open");
    }

    @Test
    @Tag("config-linux.seccomp.listenerPath.failure")
    void a_listener_that_is_not_there_is_an_error(Container container) {
        Expect.isRefused(notified(container, container.sandbox().work().resolve("nobody")));
    }

    @Test
    @Tag("config-linux.seccomp.listenerPath.seccompFd")
    void seccompFd_is_named_and_is_one(Container container) {
        Connection connection = connectionToAgent(container);
        List<?> names = Document.parse(connection.text()).list("/fds");
        Expect.that(names.contains("seccompFd"), "no seccompFd among the names: " + names);
        Expect.equal("anon_inode:seccomp notify", connection.files().get(names.indexOf("seccompFd")), "the descriptor");
    }

    @Test
    @Tag("config-linux.containerprocessstate.payload")
    void the_state_is_JSON(Container container) {
        Document state = Document.parse(connectionToAgent(container).text());
        Expect.equal("opaque: data", state.text("/metadata"), "metadata");
    }

    @Test
    @Tag("config-linux.containerprocessstate.fds")
    void as_many_descriptors_come_as_are_named(Container container) {
        Connection connection = connectionToAgent(container);
        Expect.equal(Document.parse(connection.text()).list("/fds").size(), connection.fds().size(), "descriptors");
        Expect.that(!connection.fds().isEmpty(), "no descriptor");
    }

    @Test
    @Tag("config-linux.containerprocessstate.first-call")
    void descriptors_come_with_the_first_bytes(Container container) {
        List<Connection.Part> parts = connectionToAgent(container).parts();
        Expect.that(!parts.get(0).fds().isEmpty(), "no descriptor comes with the first bytes");
        Expect.that(parts.stream().skip(1).allMatch(part -> part.fds().isEmpty()), "descriptors come with later bytes");
    }

    @Test
    @Tag("config-linux.containerprocessstate.ociVersion")
    void the_container_process_state_has_a_version(Container container) {
        String version = Document.parse(connectionToAgent(container).text()).text("/ociVersion");
        Expect.that(version.matches("\\d+\\.\\d+\\.\\d+.*"), "ociVersion is no version: '" + version + "'");
    }

    @Test
    @Tag("config-linux.containerprocessstate.pid")
    void the_container_process_state_has_the_pid(Container container) {
        Document state = Document.parse(connectionToAgent(container).text());
        Expect.equal(container.pid(), state.number("/pid"), "pid");
    }

    @Test
    @Tag("config-linux.containerprocessstate.state")
    void the_container_process_state_has_the_state(Container container) {
        Document state = Document.parse(connectionToAgent(container).text());
        Expect.equal(container.id(), state.text("/state/id"), "state.id");
        Expect.equal(container.bundle().toString(), state.text("/state/bundle"), "state.bundle");
        Expect.that(List.of("creating", "created").contains(state.text("/state/status")), "state.status is " + state.text("/state/status"));
        Expect.that(!state.text("/state/ociVersion").isEmpty(), "no state.ociVersion");
    }

    /** Creates it, starts it, which is when some load their filter, and gives what has come. */
    private static Connection connectionToAgent(Container container) {
        Path socket = container.sandbox().work().resolve("agent");
        try (Listener listener = Listener.at(socket)) {
            notified(container, socket).created().started();
            container.sandbox().await(() -> ended(listener) > 0);
            List<Connection> connections = listener.connections();
            Expect.equal(1, connections.size(), "connections");
            container.observed("container process state", connections.get(0).text());
            return connections.get(0);
        }
    }

    private static long ended(Listener listener) {
        return listener.connections().stream().filter(Connection::ended).count();
    }

    /** swapoff is what nobody calls here. */
    private static Container notified(Container container, Path socket) {
        return container.args("sleep", "1000").with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "listenerPath",
                socket.toString(), "listenerMetadata", "opaque: data", "syscalls",
                List.of(object("names", List.of("swapoff"), "action", "SCMP_ACT_NOTIFY"))));
    }
}
