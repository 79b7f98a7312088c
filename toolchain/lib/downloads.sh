# Files from elsewhere, kept in $downloads and believed only by their checksum.

# fetch_debian FILE: a file of the JDK's source package, from the mirror that this machine's apt uses.
fetch_debian() {
    local file=$1 pool
    ! is_pinned "$file" || return 0
    pool=$(debian_pool) || die "Debian's archive does not offer $jdk_package $jdk_package_version"
    say "fetching $file"
    /usr/lib/apt/apt-helper -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root \
        download-file "$pool/$file" "$downloads/$file.part" "SHA256:$(pin_of "$file")" >&2 ||
        die "cannot fetch $pool/$file; put it into $downloads by hand, or set GRAALVM_HOME"
    mv "$downloads/$file.part" "$downloads/$file"
    is_pinned "$file" || die "$downloads/$file: not the file that pins.sha256 names"
}

# The version of pins.sh was tried, so it is taken where the archive has it. A security update takes it out; then the newest is taken that apt offers
# with its source. A mirror may lack the source for a while.
choose_jdk() {
    local asked=$jdk_package_version offered
    if is_pinned "$jdk_deb" && is_pinned "$jdk_source" || debian_pool >/dev/null; then
        step "fetching JDK $jdk_package_version from Debian" fetch_jdk
        return
    fi
    for offered in $(apt-cache madison "$jdk_package" | cut -d'|' -f2 | sort -Vru); do
        say "the archive no longer has JDK $asked, which was tried last: taking $offered"
        use_jdk "$offered"
        finished=$cache/graal-$graal_version-jdk-${jdk_version/+/_}-$(inputs_hash)
        [ ! -d "$finished" ] || return 0
        if (step "fetching JDK $jdk_package_version from Debian" fetch_jdk); then return; fi
    done
    use_jdk "$asked"
    die "Debian's archive offers neither $jdk_package $asked nor another of JDK 17 with its source." \
        "Put $jdk_deb and $jdk_source into $downloads (snapshot.debian.org keeps them), or set GRAALVM_HOME."
}

fetch_jdk() {
    if [ -n "$(pin_of "$jdk_deb")" ]; then
        fetch_debian "$jdk_deb"
        fetch_debian "$jdk_source"
    else
        fetch_offered
    fi
}

# apt verifies both files by the archive's signature. Few machines list sources, so the lists of sources are private.
fetch_offered() {
    local lists=$work/apt apt
    mkdir -p "$lists"/{lists,files}
    apt-get indextargets --format 'deb-src [signed-by=$(SIGNED_BY)] $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        sed -E 's# \[signed-by=([^/][^]]*|)\]##' | sort -u >"$lists/sources.list"
    apt=(apt-get -qq -o Acquire::Retries=3 -o APT::Sandbox::User=root -o "Dir::Etc::SourceList=$lists/sources.list" -o Dir::Etc::SourceParts=-
        -o "Dir::State::Lists=$lists/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache=)
    (cd "$lists/files" && apt-get -qq -o APT::Sandbox::User=root download "$jdk_package=$jdk_package_version" &&
        "${apt[@]}" update && "${apt[@]}" source --download-only --tar-only "openjdk-17=$jdk_package_version") >&2 ||
        die "apt cannot fetch $jdk_deb and $jdk_source"
    mv "$lists/files/$jdk_deb" "$lists/files/$jdk_source" "$downloads"
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
