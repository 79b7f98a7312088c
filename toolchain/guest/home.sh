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

# Sets $home; its name holds a hash of what decides what is in it.
make_home() {
    [ "$(uname -m)" = x86_64 ] || die "the guest is for x86_64"
    need "$tools_of_guest"
    local cache=${CARAFE_GUEST_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/carafe/guest}
    [[ $cache != *[[:space:]]* ]] || die "the path of the cache must have no blank: $cache"
    home=$cache/$(cat "$here/home.sh" "$here/init" | sha256sum | cut -c1-12)
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
    mv "$1/package/boot/vmlinuz-$version" "$1/kernel"
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

# fetch_kernel DIR: the files of today's linux-image package.
fetch_kernel() {
    local package
    package=$(kernel_package) || { [ "$(id -u)" = 0 ] && retry 3 apt-get -qq update >&2 && package=$(kernel_package); } ||
        die "apt knows no package linux-image-amd64"
    say "fetching $package for the guest"
    mkdir -p "$1.deb"
    (cd "$1.deb" && retry 3 apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$package" >&2) ||
        die "cannot download $package"
    dpkg-deb -x "$1.deb"/*.deb "$1"
    rm -r "$1.deb"
}

kernel_package() { apt-cache depends linux-image-amd64 2>/dev/null | sed -nE 's/.*Depends: (linux-image-[0-9].*)/\1/p' | head -n 1 | grep .; }
