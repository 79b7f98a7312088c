# Tables of what a person types, and what is printed; sourced by toolchain/managers and by those in this folder who run one.
#
# A row: a name, what is typed behind the manager's name, and a pattern of the shell for what is printed; between them | with a blank on both sides (there may
# be more of them in what is typed). What is typed is read by the shell. `until` before it: again and again until that is printed. `sh` before it: not of the
# manager, but a command or a function of whoever runs the table. With -it it is typed at a terminal. What is printed is output and errors, with one blank for
# blanks and line ends, ids as ID, the words of the runtime in an error left out, and `exit N` at its end where the exit code is not 0; - for nothing.
# Where there is another runtime, the same is printed with it; = before the pattern: the pattern alone decides.

# rows FILE: its rows, without comments.
rows() { grep -v '^#\|^$' "$1"; }

# rows_run FILE MANAGER: a line a row: its name, a tab, what was printed. MANAGER is a command or a function.
rows_run() {
    local row name words expected wanted i found printed
    printed=$(mktemp -u)
    while IFS= read -r row <&3; do
        name=${row%% | *} words=${row#* | } expected=${row##* | }
        words=${words% | *} expected=${expected#=}
        [ "$expected" != - ] || expected=
        case $words in if\ *)
            wanted=$(cut -d' ' -f2 <<<"$words") words=${words#if * }
            row_wants "$wanted" "$2" || { printf '%s\t(skipped)\n' "$name" && continue; } ;;
        esac
        for ((i = SECONDS; SECONDS - i < 300;)); do
            # No subshell: a function may keep what it did.
            row_typed "$2" "${words#until }" >"$printed.out" 2>"$printed.err" </dev/null
            found=$(row_told)
            # shellcheck disable=SC2053 # a pattern
            case $words in until\ *) [[ $found = $expected ]] && break ;; *) break ;; esac
            sleep 0.2
        done
        printf '%s\t%s\n' "$name" "$found"
    done 3< <(rows "$1")
    rm -f "$printed".*
}

# A program that is there, or an option of the manager's run, or a verb of it.
row_wants() {
    case $1 in
    /*) [ -x "$1" ] ;;
    --*) "$2" run --help 2>&1 | grep -qw -e "$1" ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

row_typed() {
    local words=$2 status
    case $words in
    sh\ *) eval "${words#sh }" ;;
    *' -it '*)
        case $words in *' -d '*) eval "$1 $words" ;; *) row_at_terminal "$1 $words" ;; esac ;;
    *) eval "$1 $words" ;;
    esac
    status=$?
    [ "$status" = 0 ] || echo "exit $status" >&2
}

# A function is no command of script(1)'s shell: bash's exported ones are.
row_at_terminal() { SHELL=/bin/bash script -qefc "stty rows 40 cols 100; $1" /dev/null; }

row_told() {
    cat "$printed.out" "$printed.err" | tr -d '\r\000' | sed -E 's/^\^@//; /^WARNING: |^Run .* --help. for more|^See .* --help|^DEPRECATED: |^ *BuildKit is currently|^ *environment-variable/d
        s/([0-9a-f]{2}:){5}[0-9a-f]{2}/MAC/g
        s/sha256:[0-9a-f]{64}/sha256:ID/g; s/\b[0-9a-f]{64}\b/ID/g; s/\b([0-9a-f]{12}|[0-9a-f]{25})\b/ID/g
        s#((/[^ ]*/)?(OCI|crun|runc|carafe|tried)[: ].*(failed|error|create|exec)).*#RUNTIME#
        s/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)/TIME/g' | tr -s ' \t\n' ' ' | sed 's/^ //; s/ $//'
}

# rows_like FILE FOUND [OTHER]: whether the lines of rows_run are as the rows have them, and the same with another runtime. Each row that is not is told.
rows_like() {
    local row name expected found other odd=0
    while IFS= read -r row; do
        name=${row%% | *} expected=${row##* | }
        found=$(row_found "$2" "$name")
        [ "$found" != "(skipped)" ] || { case $row in *' | if '*) continue ;; esac; }
        [ "$expected" != - ] || expected=
        # shellcheck disable=SC2053 # a pattern
        [[ $found = ${expected#=} ]] || { odd=1 && echo "        $name: expected \"${expected#=}\"; found \"$found\""; }
        [ -n "${3:-}" ] && [ "${expected#=}" = "$expected" ] || continue
        other=$(row_found "$3" "$name")
        [ "$found" = "$other" ] || { odd=1 && echo "        $name: \"$other\" with the other runtime; found \"$found\""; }
    done < <(rows "$1")
    return "$odd"
}

row_found() {
    awk -F'\t' -v name="$2" '$1 == name { print $2; there = 1; exit } END { if (!there) print "(the table was not run so far)" }' "$1"
}
