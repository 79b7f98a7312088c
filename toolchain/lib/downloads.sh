# Files from elsewhere, kept in $downloads and believed only by their checksum.

# fetch_debian FILE: a file of the JDK's source package, from the mirror that this machine's apt uses.
fetch_debian() {
    local file=$1 pool
    ! is_pinned "$file" || return 0
    pool=$(debian_pool) || die "Debian's archive does not offer $jdk_package $jdk_package_version (any more)." \
        "Put $file into $downloads (snapshot.debian.org keeps it), or set GRAALVM_HOME."
    say "fetching $file"
    /usr/lib/apt/apt-helper -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root \
        download-file "$pool/$file" "$downloads/$file.part" "SHA256:$(pin_of "$file")" >&2 ||
        die "cannot fetch $pool/$file; put it into $downloads by hand, or set GRAALVM_HOME"
    mv "$downloads/$file.part" "$downloads/$file"
    is_pinned "$file" || die "$downloads/$file: not the file that pins.sha256 names"
}

# The folder that holds both the binary packages and the source.
debian_pool() {
    pool_of_jdk || { [ "$(id -u)" = 0 ] && retry 3 apt-get -qq update >&2 && pool_of_jdk; }
}

pool_of_jdk() {
    local uri
    uri=$(apt-get download --print-uris "$jdk_package=$jdk_package_version" 2>/dev/null | cut -d"'" -f2)
    [ -n "$uri" ] && echo "${uri%/*}"
}

# The builder's jars and three source jars, through Maven as this machine has it configured.
fetch_jars() {
    ! jars_are_pinned 2>/dev/null || return 0
    say "fetching GraalVM $graal_version from Maven's repository"
    rm -rf "$downloads/jars" "$downloads/sources" # Maven leaves what is there, even half a file
    retry 3 copy_jars || { cat "$work/maven.log" >&2 && die "Maven could not fetch org.graalvm.nativeimage:svm:$graal_version"; }
    jars_are_pinned || die "$downloads: not the jars that pins.sha256 names"
}

copy_jars() {
    mvn -q -B -f "$here/jars.xml" -Dgraal.version="$graal_version" -Dto="$downloads" package \
        >"$work/maven.log" 2>&1 </dev/null
}

pin_of() { awk -v file="$1" '$2 == file { print $1 }' "$here/pins.sha256"; }

is_pinned() { (cd "$downloads" && echo "$(pin_of "$1")  $1" | sha256sum --check --status 2>/dev/null); }

jars_are_pinned() { (cd "$downloads" && grep '\.jar$' "$here/pins.sha256" | sha256sum --check --quiet >&2); }
