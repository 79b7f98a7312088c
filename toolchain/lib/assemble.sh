# Makes one home from its parts, tries it, and only then gives it its name.

# All happens in a folder beside, which is renamed last: an interrupted run leaves nothing that looks finished.
assemble() {
    [ "$(uname -m)" = x86_64 ] || die "only for x86_64 one can be assembled; set GRAALVM_HOME"
    need "$tools_to_assemble"
    rm -rf "$cache"/making.*
    work=$(mktemp -d "$cache/making.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT TERM HUP
    home=$work/home
    downloads=$cache/downloads
    mkdir -p "$downloads"
    local asked=$finished
    choose_jdk
    if [ ! -d "$finished" ]; then
        step "fetching GraalVM $graal_version from Maven's repository" fetch_jars
        step "unpacking both" unpack_all
        step "compiling the JDK's C libraries" build_natives
        step "compiling the patched classes" build_builder
        step "building a smoke image" smoke
        mv "$home" "$finished"
    fi
    # The next run finds the link and asks no archive.
    [ "$asked" = "$finished" ] || ln -s "$(basename "$finished")" "$asked"
    say "ready: $finished"
}

unpack_all() {
    unpack_jdk
    unpack_jdk_source
    unpack_sources
}

smoke() {
    local said
    mkdir "$work/smoke"
    javac -d "$work/smoke" "$here/smoke/Smoke.java"
    "$home/bin/native-image" -cp "$work/smoke" -o "$work/smoke/image" --static --libc=musl --no-fallback \
        -march=compatibility -Ob Smoke >"$work/smoke.log" 2>&1 || { cat "$work/smoke.log" >&2 && die "no smoke image"; }
    ! readelf --program-headers "$work/smoke/image" | grep -q INTERP || die "the smoke image is not static"
    said=$(env -i "$work/smoke/image" works) && [ "$said" = "smoke: works, é" ] || die "the smoke image says: $said"
}
