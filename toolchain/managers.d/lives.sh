# A short life by each manager, the last line of what it prints being what is expected; sourced by toolchain/managers.

podman_of() {
    podman --root "$work/podman" --runroot "$work/podman-run" --tmpdir "$work/podman-tmp" --storage-driver vfs --cgroup-manager cgroupfs \
        --events-backend file --runtime "${runtime:-$carafe}" ${monitor:+--conmon "$monitor"} "$@"
}

podman_begins() {
    cat >"$work/containers.conf" <<EOF
[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:8192"]
EOF
    export CONTAINERS_CONF="$work/containers.conf"
    podman_of import "$work/rootfs.tar" carafe-test >/dev/null 2>&1
}

podman_runs() {
    podman_begins
    local run=(run --rm --network none carafe-test)
    podman_of "${run[@]}" echo hello
    podman_of "${run[@]}" sh -c 'exit 5'
    echo "exit $?"
    podman_of "${run[@]}" nonesuch
    echo "exit $?"
    podman_of run -d --name one --network none carafe-test sleep 1000 >/dev/null
    podman_of exec one echo inside
    podman_of pause one >/dev/null && podman_of inspect one --format '{{.State.Status}}'
    podman_of unpause one >/dev/null
    podman_of rm -f -t 0 one >/dev/null && echo removed
}

check_podman() {
    has podman conmon || return 0
    check podman "hello exit 5 exit 127 inside paused removed" alone bash -c "$(declare -f podman_of podman_begins podman_runs); podman_runs 2>/dev/null | tr '\n' ' ' | sed 's/ $//'"
    typed podman "$carafe" && like podman "$carafe"
    exitcodes podman 2 all_exitcodes podman_of podman_begins docker_words
}

# A list of calls by record, what each prints and its exit code; ids and times as words.
podman_answers() {
    export monitor=$1
    cd "$work" || return
    podman_begins
    local net=(--network none)
    { podman_calls 2>&1; } | sed -E 's/[0-9a-f]{64}/ID/g; s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+([+-][0-9:]+|Z)/TIME/g; s/'"$(sed 's/[.*/]/\\&/g' <<<"$monitor")"'/MONITOR/g'
}

podman_call() { # WORDS...
    echo "\$ podman $*"
    podman_of "$@"
    echo "exit $?"
}

podman_calls() {
    local name run=(run --rm "${net[@]}")
    podman_call "${run[@]}" carafe-test echo hello
    podman_call "${run[@]}" carafe-test sh -c 'echo out; exit 5'
    podman_call "${run[@]}" carafe-test sh -c 'kill -9 $$'
    podman_call "${run[@]}" carafe-test sh -c 'printf "no end"'
    podman_call "${run[@]}" carafe-test nonesuch
    podman_call "${run[@]}" carafe-test denied
    podman_call "${run[@]}" carafe-test /mnt
    podman_call "${run[@]}" -w /nonesuch/x carafe-test echo hello
    echo given | podman_call "${run[@]}" -i carafe-test cat
    podman_call "${run[@]}" --log-driver none carafe-test echo hello
    podman_call "${run[@]}" --log-driver json-file carafe-test echo hello
    podman_call "${run[@]}" --log-driver passthrough carafe-test echo hello
    podman_call "${run[@]}" --timeout 1 carafe-test sleep 1000
    podman_call run -d --name one "${net[@]}" carafe-test sh -c 'echo out; echo err >&2; trap "echo ended; exit 9" TERM; while :; do sleep 0.1; done'
    podman_call exec one echo inside
    podman_call exec one sh -c 'echo err >&2; exit 3'
    podman_call exec one nonesuch
    podman_call exec -w /nonesuch one echo inside
    echo given | podman_call exec -i one cat
    podman_call exec -d one sh -c 'echo detached >/tmp/detached'
    podman_call exec one sh -c 'until [ -s /tmp/detached ]; do sleep 0.1; done; cat /tmp/detached'
    script -qec "$(declare -f podman_of); podman_of exec -it one sh -c 'test -t 0 && echo terminal; exit 4'; echo exit \$?" /dev/null | tr -d '\r'
    podman_call stop -t 100 one
    podman_call wait one
    podman_call logs one
    podman_call logs -t one
    podman_call inspect one --format '{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.State.Error}}'
    podman_call start -a --sig-proxy=false two
    podman_call create --name two "${net[@]}" carafe-test sh -c 'echo again; exit 2'
    podman_call start -a two
    podman_call start -a two
    podman_call logs two
    podman_call run --name three "${net[@]}" --log-opt max-size=2k carafe-test sh -c 'i=0; while [ $i -lt 200 ]; do echo line-$i; i=$((i+1)); done'
    podman_call run -d --name four "${net[@]}" --memory 16m --memory-swap 16m carafe-test sh -c 'exec busybox tail /dev/zero'
    podman_call wait four
    podman_call inspect four --format '{{.State.Status}} {{.State.ExitCode}}' # and not OOMKilled: conmon 2.1.6 makes the file oom in podman's own directory
    podman_call logs three
    for name in one two three four; do podman_call rm -f -t 0 "$name"; done
}

check_conmon() {
    has podman conmon script || return 0
    [ "$where" = here ] || return 0 # the list of answers is of one podman
    [ -x "$conmon" ] || { echo "skipped ${FUNCNAME[0]}: no carafe-conmon was named"; return 0; }
    local all monitor
    all="$(declare -f podman_of podman_begins podman_answers podman_call podman_calls); podman_answers"
    for monitor in "$(command -v conmon)" "$conmon"; do
        alone bash -c "$all $monitor" >"$work/answers-$(basename "$monitor")" </dev/null
    done
    if diff "$work/answers-conmon" "$work/answers-$(basename "$conmon")" && grep -q '^inside$' "$work/answers-conmon"; then
        echo "ok      conmon: $(grep -c '^exit ' "$work/answers-conmon") answers of podman's are the same"
    else
        failed=1
        echo "FAILED  conmon: podman answers differently with carafe-conmon"
    fi
}

buildah_builds() {
    mkdir -p "$work/context"
    cp "$work/rootfs.tar" "$work/context"
    printf 'FROM scratch\nADD rootfs.tar /\nRUN echo built > /tmp/built && cat /tmp/built\n' >"$work/context/Dockerfile"
    buildah --root "$work/buildah" --runroot "$work/buildah-run" --storage-driver vfs bud --runtime "$carafe" --isolation oci --network none \
        --ulimit nofile=1024:4096 --ulimit nproc=4096:8192 -t carafe-test "$work/context" && echo done
}

check_buildah() {
    has buildah || return 0
    check buildah done alone bash -c "$(declare -f buildah_builds); buildah_builds"
}

containerd_config() {
    cat >"$work/containerd.toml" <<EOF
version = 2
root = "$work/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "/run/containerd.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "$work/opt"
EOF
}

# Sets daemon.
containerd_starts() {
    containerd --config "$work/containerd.toml" >>"$work/containerd.log" 2>&1 &
    daemon=$!
    local i
    for ((i = 0; i < 1800; i++)); do ctr -a /run/containerd.sock version >/dev/null 2>&1 && break; sleep 0.1; done
}

containerd_runs() {
    local daemon i
    containerd_config
    containerd_starts
    local run=(ctr -a /run/containerd.sock run --runc-binary "$carafe" --rootfs --env PATH=/bin)
    "${run[@]}" --rm "$work/rootfs" one echo hello
    "${run[@]}" --rm "$work/rootfs" two sh -c 'exit 5'
    echo "exit $?"
    "${run[@]}" --detach "$work/rootfs" three sleep 1000
    ctr -a /run/containerd.sock task exec --exec-id e three echo inside
    ctr -a /run/containerd.sock task pause three && ctr -a /run/containerd.sock task ls | grep -o PAUSED
    ctr -a /run/containerd.sock task resume three
    ctr -a /run/containerd.sock task metrics three >/dev/null && echo metrics
    ctr -a /run/containerd.sock task kill -s KILL three
    for ((i = 0; i < 1800; i++)); do ctr -a /run/containerd.sock task ls | grep -q STOPPED && break; sleep 0.1; done
    ctr -a /run/containerd.sock task delete three >/dev/null 2>&1
    ctr -a /run/containerd.sock container delete three && echo removed
    kill "$daemon" && wait "$daemon"
}

check_containerd() {
    has containerd ctr || return 0
    exitcodes containerd 3 all_exitcodes containerd_config containerd_starts
    check containerd "hello exit 5 inside PAUSED metrics removed" \
        alone bash -c "$(declare -f containerd_config containerd_starts containerd_runs); containerd_runs 2>$work/ctr.log | tr '\n' ' ' | sed 's/ $//'"
    [ "$failed" = 0 ] || cat "$work/ctr.log"
}

# By containerd-shim-carafe-v2; containerd is killed meanwhile, and so is a shim.
shim_runs() {
    local daemon i ctr=(ctr -a /run/containerd.sock)
    containerd_config
    containerd_starts
    local run=("${ctr[@]}" run --runtime io.containerd.carafe.v2 --rootfs --env PATH=/bin)
    "${run[@]}" --rm "$work/rootfs" one echo hello
    "${run[@]}" --rm "$work/rootfs" two sh -c 'exit 5'
    echo "exit $?"
    echo stdin | "${run[@]}" --rm "$work/rootfs" three cat
    script -qec "${run[*]} --rm -t $work/rootfs four sh -c 'test -t 0 && echo terminal'" /dev/null | tr -cd 'a-z\n'
    "${run[@]}" --detach --log-uri "file://$work/five.log" "$work/rootfs" five sh -c 'echo logged; trap "echo ended; exit 9" TERM; while :; do sleep 0.1; done'
    "${ctr[@]}" task exec --exec-id e five echo inside
    "${ctr[@]}" task exec --exec-id f five sh -c 'exit 3'
    echo "exit $?"
    "${ctr[@]}" task pause five && "${ctr[@]}" task ls | grep -o PAUSED
    "${ctr[@]}" task resume five
    "${ctr[@]}" task metrics five | grep -oE 'memory.usage(_in_bytes)?' | head -n 1
    "${ctr[@]}" task ps five | tail -n +2 | grep -q . && echo processes
    # Where CRIU is not there, or is older than the kernel, the error says so.
    if "${ctr[@]}" task checkpoint five >"$work/checkpoint" 2>&1 || grep -qi criu "$work/checkpoint"; then echo checkpoint; fi
    "${run[@]}" --detach --log-uri "cri://$work/six.log" "$work/rootfs" six sh -c 'sleep 0.5; echo alone; exit 4'
    local six
    six=$("${ctr[@]}" task ls | awk '/six/ { print $2 }')
    kill -9 "$daemon" && wait "$daemon"
    # Its end comes while there is no containerd.
    for ((i = 0; i < 1800; i++)); do case $(cut -d' ' -f3 "/proc/$six/stat") in '' | Z) break ;; esac; sleep 0.1; done
    containerd_starts
    for ((i = 0; i < 1800; i++)); do "${ctr[@]}" task ls | grep -q 'six.*STOPPED' && break; sleep 0.1; done
    "${ctr[@]}" task ls | awk '/five|six/ { print $1, $3 }' | sort
    "${ctr[@]}" task exec --exec-id g five echo again
    "${ctr[@]}" task kill -s TERM five
    for ((i = 0; i < 1800; i++)); do "${ctr[@]}" task ls | grep -q 'five.*STOPPED' && break; sleep 0.1; done
    "${ctr[@]}" task delete five 2>&1 | grep -o 'code [0-9]*'
    "${ctr[@]}" task delete six 2>&1 | grep -o 'code [0-9]*'
    cat "$work/five.log"
    cut -d' ' -f2- "$work/six.log" # written while there was no containerd
    "${run[@]}" --detach "$work/rootfs" seven sleep 1000
    local pid
    pid=$("${ctr[@]}" task ls | awk '/seven/ { print $2 }')
    kill -9 "$(pgrep -a containerd-shim | awk '/ -id seven / { print $1 }')"
    for ((i = 0; i < 1800; i++)); do "${ctr[@]}" task ls | grep -q seven || break; sleep 0.1; done
    case $(cut -d' ' -f3 "/proc/$pid/stat") in '' | Z) echo gone ;; esac
    "${ctr[@]}" container delete five six seven
    ls /run/containerd/s /run/containerd/carafe/default
    kill "$daemon" && wait "$daemon"
}

check_shim() {
    has containerd ctr script pgrep || return 0
    [ -x "$shim" ] || { echo "skipped ${FUNCNAME[0]}: no shim was named"; return 0; }
    check shim "hello exit 5 stdin terminal inside exit 3 PAUSED $([ -e /sys/fs/cgroup/cgroup.controllers ] && echo memory.usage || echo memory.usage_in_bytes) processes checkpoint five RUNNING six STOPPED again code 9 code 4 logged ended stdout F alone gone /run/containerd/carafe/default: /run/containerd/s:" \
        alone bash -c "$(declare -f containerd_config containerd_starts shim_runs); shim_runs 2>$work/shim.log | tr -s '\n' ' ' | sed 's/ $//'"
    [ "$failed" = 0 ] || cat "$work/shim.log"
    exitcodes shim 3 all_exitcodes containerd_config containerd_starts containerd_words containerd_exec containerd_ends shim_of
}

# Sets daemon.
docker_starts() {
    cat >"$work/daemon.json" <<EOF
{"runtimes": {"carafe": {"path": "$carafe"}}, "default-runtime": "carafe", "exec-opts": ["native.cgroupdriver=cgroupfs"],
 "bridge": "none", "iptables": false, "ip6tables": false, "storage-driver": "vfs",
 "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}}}
EOF
    dockerd --config-file "$work/daemon.json" -H unix:///run/docker-carafe.sock --data-root "$work/docker" --exec-root /run/docker \
        -p /run/docker.pid >"$work/dockerd.log" 2>&1 &
    daemon=$!
    export DOCKER_HOST=unix:///run/docker-carafe.sock
    local i
    for ((i = 0; i < 1800; i++)); do docker version >/dev/null 2>&1 && break; sleep 0.1; done
    docker import "$work/rootfs.tar" carafe-test >/dev/null
}

# The rows of docker, by the runtime and, where dockerd is new enough, by the shim.
check_docker() {
    has dockerd docker containerd ps script || return 0
    typed docker "$carafe" && like docker "$carafe"
    ! takes_a_shim || { typed docker io.containerd.carafe.v2 && like docker io.containerd.carafe.v2; }
    exitcodes docker 1 all_exitcodes docker_starts
}

# daemon.json has runtimeType since 23.
takes_a_shim() { [ -x "$shim" ] && [ "$(version_of dockerd | grep -o '[0-9]*' | head -n 1)" -ge 23 ]; }

# Of the newest alone: an application of three services, in images of Debian's packages.
check_compose() {
    local services
    [ "$where" = newest ] || return 0
    services=$("$here/managers.d/newest" services 2>"$work/services.log") || { echo "skipped compose: $(tail -n 1 "$work/services.log")" && return; }
    [ -e "$work/services.tar" ] || ln "$services" "$work/services.tar" 2>/dev/null || cp "$services" "$work/services.tar"
    typed compose "$carafe" && like compose "$carafe" alone
    typed compose io.containerd.carafe.v2 && like compose io.containerd.carafe.v2 alone
}

# Of the newest alone: three nodes, each a daemon in a network namespace of its own.
check_swarm() {
    [ "$where" = newest ] || return 0
    typed swarm "$carafe" && like swarm "$carafe" alone
}
