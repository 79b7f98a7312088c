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
    fetch_debian "$jdk_deb"
    fetch_debian "$jdk_source"
    fetch_jars
    say "assembling native-image $graal_version for JDK $jdk_version (about a minute)"
    unpack_jdk
    unpack_jdk_source
    unpack_sources
    build_natives
    build_builder
    smoke
    mv "$home" "$finished"
    say "ready: $finished"
}

smoke() {
    local said
    say "building a smoke image"
    mkdir "$work/smoke"
    javac -d "$work/smoke" "$here/smoke/Smoke.java"
    "$home/bin/native-image" -cp "$work/smoke" -o "$work/smoke/image" --static --libc=musl --no-fallback \
        -march=compatibility Smoke >"$work/smoke.log" 2>&1 || { cat "$work/smoke.log" >&2 && die "no smoke image"; }
    ! readelf --program-headers "$work/smoke/image" | grep -q INTERP || die "the smoke image is not static"
    said=$(env -i "$work/smoke/image" works) && [ "$said" = "smoke: works, é" ] || die "the smoke image says: $said"
}
