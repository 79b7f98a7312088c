# Words to the person: all on standard error, since standard output carries the answer.

say() { printf 'toolchain: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

# retry TIMES COMMAND...: a mirror or a proxy may have a bad second.
retry() {
    local left=$1
    shift
    until "$@"; do
        left=$((left - 1))
        [ "$left" -gt 0 ] || return 1
        sleep 3
    done
}
