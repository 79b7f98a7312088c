# What can be wrong with a container or with a process in it, a row each, run by a manager with two runtimes; sourced by toolchain/managers.
#
# what is wrong | exit codes of docker, podman, ctr run | of docker, podman, ctr exec | options of each | program
# The codes are those with runc by docker 20.10, podman 4.3 and ctr 1.6, for where there is no runc; - where there is nothing to ask. Behind = is
# what is right whatever runc there is: it said 1 before 1.2 where it says 255, and podman 5 makes 255 of a directory with it, 126 with crun.
# In options @CWD, @USER and @BIND stand for each manager's own; @BIND SOURCE DESTINATION. EMPTY stands for an empty word.
exitcodes_rows() {
    cat <<'EOF'
none                        | 0 0 0          | 0 0 0          |                              | true
program's own               | 7 7 7          | 7 7 7          |                              | /bin/seven
program missing             | 127 127 1      | 126 127 1      |                              | /no/such/file
program not in PATH         | 127 127 1      | 126 127 1      |                              | nonesuch
program is ""               | 127 127 1      | 126 127 1      |                              | EMPTY
program below a file        | 125 126 1      | 126 255 1      |                              | /etc/passwd/x
program not executable      | 126 126 1      | 126 126 1      |                              | /bin/denied
program is a directory      | 126 126 1      | 126 =126 1     |                              | /etc
interpreter missing         | =255 =255 =255 | =255 =255 =255 |                              | /bin/orphan
program is garbage          | =255 =255 =255 | =255 =255 =255 |                              | /bin/foreign
working directory missing   | 0 126 0        | 126 127 0      | @CWD /no/such                | true
working directory is a file | 125 126 1      | 126 255 1      | @CWD /etc/passwd             | true
user unknown                | 125 126 1      | 126 255 1      | @USER nosuch                 | true
user without a name         | 0 0 1          | 0 0 0          | @USER 12345                  | true
source of a bind missing    | 125 125 1      | - - -          | @BIND /no/such /mnt          | true
a file on a directory       | 125 126 1      | - - -          | @BIND /etc/passwd /tmp       | true
a directory on a file       | 125 126 1      | - - -          | @BIND /etc /etc/passwd       | true
inside /proc                | 125 126 1      | - - -          | @BIND /etc /proc/sys         | true
EOF
}

# exitcodes_of MANAGER RUNTIME: a line a row: what is wrong, the code of run with the words that managers look for, the same of exec. Calls
# MANAGER_words @OPTION VALUE..., and with what that says MANAGER_run RUNTIME [OPTION...] PROGRAM and MANAGER_exec NAME [OPTION...] PROGRAM,
# where NAME is the container that MANAGER_holds NAME RUNTIME made; MANAGER_ends NAME.
exitcodes_of() {
    local manager=$1 runtime=$2 wrong of_run of_exec options program words ran executed name
    name=codes-$(basename "$runtime")
    "${manager}_holds" "$name" "$runtime" >/dev/null
    while IFS='|' read -r wrong of_run of_exec options program; do
        read -ra words <<<"$("${manager}_words" $options)"
        program=${program// /}
        [ "$program" != EMPTY ] || program=
        ran=$("${manager}_run" "$runtime" "${words[@]}" "$program" 2>&1 </dev/null; echo "exit $?")
        executed=
        case $of_exec in *[0-9]*) executed=$("${manager}_exec" "$name" "${words[@]}" "$program" 2>&1 </dev/null; echo "exit $?") ;; esac
        printf '%s|%s|%s\n' "$(sed 's/ *$//' <<<"$wrong")" "$(exitcodes_told "$ran")" "$(exitcodes_told "$executed")"
    done < <(exitcodes_rows)
    "${manager}_ends" "$name" >/dev/null
}

# The exit code in what a manager printed, and those of the words in it that managers look for.
exitcodes_told() {
    [ -n "$1" ] || { echo -n -; return; }
    local word
    printf %s "$(tail -n 1 <<<"$1" | cut -d' ' -f2)"
    for word in 'no such file or directory' 'permission denied' 'not a directory' 'executable file not found' 'exec format error'; do
        grep -qF "$word" <<<"$1" && printf ', %s' "$word"
    done
    true
}

# exitcodes_like MANAGER COLUMN FOUND [RUNCS]: whether the lines of exitcodes_of are as with runc: the same codes, and no word fewer. Without
# runc's the codes are those of the rows, in their place COLUMN.
exitcodes_like() {
    local manager=$1 column=$2 found=$3 runcs=${4:-} wrong of_run of_exec options program name ran executed other_ran other_executed runcs_run runcs_exec odd=0
    while IFS='|' read -r wrong of_run of_exec options program; do
        name=$(sed 's/ *$//' <<<"$wrong")
        IFS='|' read -r _ ran executed < <(grep -F "$name|" "$found")
        other_ran=$(awk "{ print \$$column }" <<<"$of_run") other_executed=$(awk "{ print \$$column }" <<<"$of_exec")
        if [ -n "$runcs" ]; then
            IFS='|' read -r _ runcs_run runcs_exec < <(grep -F "$name|" "$runcs")
            [[ $other_ran = =* ]] || other_ran=$runcs_run
            [[ $other_executed = =* ]] || other_executed=$runcs_exec
        fi
        exitcodes_same "$manager run" "$name" "${other_ran#=}" "$ran" || odd=1
        exitcodes_same "$manager exec" "$name" "${other_executed#=}" "$executed" || odd=1
    done < <(exitcodes_rows)
    return "$odd"
}

exitcodes_same() {
    local word
    [ "${3%%,*}" = "${4%%,*}" ] || { echo "        $1, $2: expected $3; found $4"; return 1; }
    while IFS= read -r word; do
        case "$4," in *", $word,"*) ;; *) echo "        $1, $2: expected the words \"$word\" beside $4"; return 1 ;; esac
    done < <(tr ',' '\n' <<<"$3" | sed 1d | sed 's/^ //')
}

# exitcodes MANAGER COLUMN FUNCTION...: MANAGER_exitcodes, in namespaces of its own with the functions that it calls, has made the two files.
exitcodes() {
    local manager=$1 column=$2
    [ "${EXITCODES:-}" != no ] || return 0
    shift 2
    alone bash -c "$(declare -f exitcodes_rows exitcodes_of exitcodes_told "${manager}_words" "${manager}_holds" "${manager}_run" "${manager}_exec" \
        "${manager}_ends" "${manager}_exitcodes" "$@"); ${manager}_exitcodes" >"$work/$manager.log" 2>&1 </dev/null
    if exitcodes_like "$manager" "$column" "$work/$manager-carafe" ${runc:+"$work/$manager-runc"}; then
        echo "ok      $manager's exit codes, $(exitcodes_rows | wc -l) rows, as ${runc:+with }${runc:-in the table}"
    else
        failed=1
        echo "FAILED  $manager's exit codes"
    fi
}

# all_exitcodes MANAGER: into the files that exitcodes reads.
all_exitcodes() {
    exitcodes_of "$1" "$carafe" >"$work/$1-carafe"
    [ -z "$runc" ] || exitcodes_of "$1" "$runc" >"$work/$1-runc"
}

docker_words() {
    case ${1:-} in
    @CWD) echo -w "$2" ;;
    @USER) echo -u "$2" ;;
    @BIND) echo --mount "type=bind,source=$2,target=$3" ;;
    esac
}
docker_holds() { docker run -d --name "$1" --network none --runtime "${2##*/}" carafe-test sleep 1000; }
docker_run() { docker run --rm --network none --runtime "${1##*/}" "${@:2:$#-2}" carafe-test "${!#}"; }
docker_exec() { docker exec "${@:2:$#-2}" "$1" "${!#}"; }
docker_ends() { docker rm -f "$1"; }

docker_exitcodes() {
    local daemon
    docker_starts
    all_exitcodes docker
    kill "$daemon" && wait "$daemon"
}

podman_words() { docker_words "$@"; }
podman_holds() { runtime=$2 podman_of run -d --name "$1" --network none carafe-test sleep 1000; }
podman_run() { runtime=$1 podman_of run --rm --network none "${@:2:$#-2}" carafe-test "${!#}"; }
podman_exec() { podman_of exec "${@:2:$#-2}" "$1" "${!#}"; }
podman_ends() { podman_of rm -f -t 0 "$1"; }

podman_exitcodes() {
    podman_begins
    all_exitcodes podman
}

containerd_words() {
    case ${1:-} in
    @CWD) echo --cwd "$2" ;;
    @USER) echo --user "$2" ;;
    @BIND) echo --mount "type=bind,src=$2,dst=$3,options=rbind:ro" ;;
    esac
}
containerd_holds() { ctr -a /run/containerd.sock run --runc-binary "$2" --rootfs --env PATH=/bin --detach "$work/rootfs" "$1" sleep 1000; }
containerd_run() { ctr -a /run/containerd.sock run --runc-binary "$1" --rootfs --env PATH=/bin --rm "${@:2:$#-2}" "$work/rootfs" "run-$BASHPID" "${!#}"; }
containerd_exec() { ctr -a /run/containerd.sock task exec --exec-id "exec-$BASHPID" "${@:2:$#-2}" "$1" "${!#}"; }
containerd_ends() {
    ctr -a /run/containerd.sock task rm -f "$1"
    ctr -a /run/containerd.sock container rm "$1"
}

containerd_exitcodes() {
    local daemon
    containerd_config
    containerd_starts
    all_exitcodes containerd
    kill "$daemon" && wait "$daemon"
}

# The shim of carafe, beside that of runc.
shim_words() { containerd_words "$@"; }
shim_holds() { ctr -a /run/containerd.sock run --runtime "$(shim_of "$2")" --rootfs --env PATH=/bin --detach "$work/rootfs" "$1" sleep 1000; }
shim_run() { ctr -a /run/containerd.sock run --runtime "$(shim_of "$1")" --rootfs --env PATH=/bin --rm "${@:2:$#-2}" "$work/rootfs" "run-$BASHPID" "${!#}"; }
shim_exec() { containerd_exec "$@"; }
shim_ends() { containerd_ends "$1"; }
shim_of() { [ "$1" = "$carafe" ] && echo io.containerd.carafe.v2 || echo io.containerd.runc.v2; }

shim_exitcodes() {
    local daemon
    containerd_config
    containerd_starts
    all_exitcodes shim
    kill "$daemon" && wait "$daemon"
}
