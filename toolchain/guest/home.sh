# Where the guest's kernel and its initramfs are, made once from Debian's packages; nothing is installed in /boot.

tools_of_guest='
/usr/bin/qemu-system-x86_64 qemu-system-x86
/bin/busybox                busybox-static
cpio                        cpio
/sbin/depmod                kmod
dpkg-deb                    dpkg
apt-get                     apt
/usr/sbin/apparmor_parser   apparmor
'
tools_with_systemd='
/lib/systemd/systemd                    systemd
/usr/bin/dbus-daemon                    dbus-daemon
/usr/share/dbus-1/system.conf           dbus
/usr/lib/systemd/user/dbus.socket       dbus-user-session
'
# What the guest needs to see its files and to be heard; each comes with those that it needs itself.
first_modules='virtio_mmio 9pnet_virtio 9p overlay virtio_console'

# Which of Debian's releases has a kernel of that version; none for that of this machine's release.
suite_of() {
    case $1 in
    '') ;;
    5.10) echo bullseye ;;
    6.1) echo bookworm ;;
    6.12) echo trixie ;;
    7.*) echo sid ;;
    *) die "no release of Debian is known to have Linux $1: 5.10, 6.1, 6.12 and 7.x are" ;;
    esac
}

# Sets $home; its name holds a hash of what decides what is in it. $kernel is a version, or empty.
make_home() {
    suite=$(suite_of "${kernel:-}")
    [ "$(uname -m)" = x86_64 ] || die "the guest is for x86_64"
    need "$tools_of_guest"
    local cache=${CARAFE_GUEST_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/carafe/guest}
    [[ $cache != *[[:space:]]* ]] || die "the path of the cache must have no blank: $cache"
    home=$cache/$(cat "$here/home.sh" "$here/init" | sha256sum | cut -c1-12)${kernel:+-$kernel}
    [ ! -d "$home" ] || return 0
    mkdir -p "$cache" || die "cannot make $cache; set CARAFE_GUEST_HOME to a folder that can be written"
    exec 9>"$cache/lock"
    flock -n 9 || { say "waiting for another guest to be made" && flock 9; }
    [ -d "$home" ] || assemble "$cache/making"
    exec 9>&-
}

assemble() {
    rm -rf "$1"
    mkdir -p "$1"/{modules,initrd/bin,initrd/modules}
    fetch_kernel "$1/package"
    local version
    version=$(ls "$1/package/lib/modules")
    mv "$1/package/boot/vmlinuz-$version" "$1/kernel" 2>/dev/null || mv "$1/package/lib/modules/$version/vmlinuz" "$1/kernel" # since Linux 7
    mkdir -p "$1/modules/lib"
    mv "$1/package/lib/modules" "$1/modules/lib"
    rm -rf "$1/package"
    PATH=$PATH:/sbin:/usr/sbin depmod -b "$1/modules" "$version"
    cp /bin/busybox "$1/initrd/bin"
    cp "$here/init" "$1/initrd/init"
    local module word path
    for module in $first_modules; do
        PATH=$PATH:/sbin:/usr/sbin modprobe -d "$1/modules" -S "$version" --show-depends "$module" | while read -r word path _; do
            [ "$word" = insmod ] || continue # or it is built in
            cp -n "$path" "$1/initrd/modules"
            echo "${path##*/}" >>"$1/initrd/modules/order"
        done
    done
    (cd "$1/initrd" && find . | cpio --quiet -o -H newc | gzip -1) >"$1/initrd.gz"
    mv "$1/initrd.gz" "$1/initrd.new" && rm -rf "$1/initrd" && mv "$1/initrd.new" "$1/initrd"
    mv "$1" "$home"
}

# fetch_kernel DIR: the files of today's linux-image package, of this machine's release or of $suite.
fetch_kernel() {
    local package
    [ -z "$suite" ] || ask_suite "$1.apt"
    package=$(kernel_package) || { [ "$(id -u)" = 0 ] && retry 3 apt-get -qq "${apt[@]}" update >&2 && package=$(kernel_package); } ||
        die "apt knows no package linux-image-amd64${suite:+ of $suite}"
    say "fetching $package for the guest"
    mkdir -p "$1.deb"
    # Since Linux 7 the modules, and the list of those that are built in, are packages of their own.
    # shellcheck disable=SC2046 # names of packages have no blanks
    (cd "$1.deb" && retry 3 apt-get -qq "${apt[@]}" -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$package" \
        $(apt-cache "${apt[@]}" depends "$package" | sed -nE 's/.*Depends: (linux-(modules|binary|base)-[0-9].*)/\1/p') >&2) || die "cannot download $package"
    local deb
    for deb in "$1.deb"/*.deb; do
        dpkg-deb -x "$deb" "$1"
    done
    rm -rf "$1.deb" "$1.apt"
    # Of later releases: what lies in /usr/lib.
    [ ! -d "$1/usr/lib/modules" ] || { mkdir -p "$1/lib/modules" && cp -a "$1/usr/lib/modules/." "$1/lib/modules"; }
}

# ask_suite DIR: has apt ask another release, of the mirror that this machine asks, with lists of its own.
ask_suite() {
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1)
    [ -n "$mirror" ] || die "apt has no lists that name a mirror: apt-get update"
    mkdir -p "$1"/{lists/partial,cache/archives/partial}
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$1/sources.list"
    apt=(-o APT::Sandbox::User=root -o Dir::Etc::sourcelist="$1/sources.list" -o Dir::Etc::sourceparts=- -o Dir::State::lists="$1/lists" -o Dir::Cache="$1/cache")
}

apt=()
kernel_package() {
    apt-cache "${apt[@]}" depends linux-image-amd64 2>/dev/null | sed -nE 's/.*Depends: (linux-image-[0-9].*)/\1/p' | head -n 1 | grep .
}
