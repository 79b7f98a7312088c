# The JDK: Debian's runtime package unpacked as the home itself, and its source for the C libraries.

unpack_jdk() { # to $home
    local root=$work/deb link
    dpkg-deb -x "$downloads/$jdk_deb" "$root"
    mv "$root"/usr/lib/jvm/java-17-openjdk-amd64 "$home"
    # The package links its settings to /etc, where this machine may have another version's, or none.
    find "$home" -type l -lname '/etc/java-17-openjdk/*' | while read -r link; do
        cp --remove-destination "$root$(readlink "$link")" "$link"
    done
    find "$home" -type l ! -exec test -e {} \; -delete
    rm -rf "$root" "$home/man" "$home/docs"
}

unpack_jdk_source() { # to $work/jdk
    mkdir "$work/jdk"
    tar -C "$work/jdk" --strip-components=1 -xJf "$downloads/$jdk_source" --wildcards \
        '*/src/java.base/*/native/*' '*/src/java.base/*/classes/*' \
        '*/src/hotspot/share/include/*' '*/src/hotspot/os/posix/include/*'
}

# The runtime package has the compiler's module, but no launcher for it.
javac() { "$home/bin/java" -XX:+UseSerialGC -m jdk.compiler/com.sun.tools.javac.Main -encoding UTF-8 -nowarn -proc:none "$@"; }
