# Words to the person: all on standard error, since standard output carries the answer.

say() { printf 'toolchain: %s\n' "$*" >&2; }

die() {
    say "$@"
    exit 1
}

# step WORDS COMMAND...: a line when it begins, and one with its time when it has ended.
step() {
    local words=$1 started=$SECONDS
    shift
    say "$words"
    "$@"
    say "  done in $((SECONDS - started)) s"
}

# A command that should not have failed and that nothing above answers for: never leave without a word.
set -E
trap 'say "${BASH_SOURCE[0]##*/}:$LINENO: failed: $BASH_COMMAND"' ERR

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
