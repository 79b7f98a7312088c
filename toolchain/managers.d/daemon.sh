# A dockerd with $runtime as its default, in private mount and network namespaces; sourced by docker, compose and swarm. $runtime is a path, or the name of a shim
# on the PATH, io.containerd.NAME.v2 (since docker 23); $work a folder of its own, $cgroup the parent of all cgroups.

export DOCKER_BUILDKIT=0
pid=

# daemon NAME [KEYS]: a dockerd with further keys of daemon.json, in the place of the one of that name that there is. Sets pid and DOCKER_HOST.
# The words of inside, if there are any, call it.
daemon() {
    local entry="\"path\": \"$runtime\"" at=$work/$1 run=/run/$1 i
    case $runtime in io.containerd.*) entry="\"runtimeType\": \"$runtime\"" ;; esac
    [ -z "$pid" ] || { kill "$pid" && wait "$pid"; }
    mkdir -p "$at"
    cat >"$at/daemon.json" <<END
{"runtimes": {"tried": {$entry}}, "default-runtime": "tried", "exec-opts": ["native.cgroupdriver=cgroupfs"], "cgroup-parent": "$cgroup",
 "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1024, "Hard": 4096}}${2:+, $2}}
END
    export DOCKER_HOST=unix://$run.sock
    ${inside[@]+"${inside[@]}"} dockerd --config-file "$at/daemon.json" -H "$DOCKER_HOST" --data-root "$at/data" --exec-root "$run" -p "$run.pid" >>"$at/log" 2>&1 &
    pid=$!
    for ((i = 0; i < 1800; i++)); do docker version >/dev/null 2>&1 && return; sleep 0.1; done
    tail -n 20 "$at/log"
    return 1
}

docker_versions() { docker version --format 'docker {{.Client.Version}}, dockerd {{.Server.Version}}'; }
