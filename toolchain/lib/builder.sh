# The Java half: GraalVM's jars, the few classes that are patched, and the launcher.

# Compiled as they are: JDK 17's jvmci has another return type than the JDK that GraalVM was compiled with
# (StackLockValue.getSlot: Value, not AllocatableValue), so the jar's class would not link.
recompiled='org/graalvm/compiler/lir/LIRFrameState.java'

unpack_sources() { # to $work/sources
    local jar
    mkdir "$work/sources"
    for jar in "$downloads"/sources/{svm,native-image-base,compiler}-"$graal_version"-sources.jar; do
        unzip -qo "$jar" -d "$work/sources"
    done
}

build_builder() { # to $home/lib/svm/builder and $home/lib/svm/patches
    local svm=$home/lib/svm
    mkdir -p "$svm/builder" "$svm/patches" "$home/bin"
    cp "$downloads"/jars/*-"$graal_version".jar "$svm/builder"
    "$home/bin/java" "$here/lib/OpenPackages.java" >"$svm/open-packages"
    compile_patches
    cp "$here/native-image" "$home/bin/native-image"
    printf '%s\n' "$graal_version" >"$svm/version"
}

compile_patches() {
    local patch svm=$home/lib/svm files=("$recompiled")
    for patch in "$here"/patches/*.patch; do
        patch --silent --directory="$work/sources" --strip=1 --fuzz=0 <"$patch" ||
            die "$patch does not fit the sources of GraalVM $graal_version"
        mapfile -t -O "${#files[@]}" files < <(sed -n 's#^+++ b/##p' "$patch")
    done
    (cd "$work/sources" && javac @"$svm/open-packages" --add-modules=jdk.internal.vm.ci \
        -cp "$(printf '%s:' "$svm"/builder/*.jar)" -d "$svm/patches" "${files[@]}") >"$work/patches.log" 2>&1 ||
        { cat "$work/patches.log" >&2 && die "the patched classes of GraalVM do not compile"; }
}
