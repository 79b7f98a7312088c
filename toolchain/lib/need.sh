# The machine's own tools. A row: what must be there (a command, or a file), and the Debian package that has it.

tools_to_build='
gcc                        gcc
musl-gcc                   musl-tools
/usr/include/stdio.h       libc6-dev
/usr/include/linux/types.h linux-libc-dev
/usr/include/zlib.h        zlib1g-dev
flock                      util-linux
'
tools_to_assemble='
ar                         binutils
mvn                        maven
patch                      patch
unzip                      unzip
xz                         xz-utils
dpkg-deb                   dpkg
/usr/lib/apt/apt-helper    apt
'

# need ROWS: installs what is missing where that is possible; else names each missing tool with its package.
need() {
    local packages
    packages=$(missing "$1" | cut -d' ' -f2)
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        # shellcheck disable=SC2086 # one word for each package
        say installing $packages && install_packages $packages || say "apt-get failed"
    fi
    packages=$(missing "$1" | while read -r thing package; do
        say "$thing is missing; it is in Debian's package $package"
        echo "$package"
    done)
    [ -z "$packages" ] || exit 1
}

missing() {
    local thing package
    while read -r thing package; do
        if [ -n "$thing" ] && ! is_there "$thing"; then
            echo "$thing $package"
        fi
    done <<<"$1"
}

is_there() {
    case $1 in
    /*) [ -e "$1" ] ;;
    *) command -v "$1" >/dev/null ;;
    esac
}

# The lists of a fresh or an old machine may not know today's versions: then once more with new ones.
install_packages() {
    apt_install "$@" || { retry 3 apt-get -qq update >&2 && retry 3 apt_install "$@"; }
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o Acquire::Retries=3 -o DPkg::Lock::Timeout=120 \
        install -y --no-install-recommends "$@" >/dev/null </dev/null
}
