# The C half: the JDK's own libraries and SubstrateVM's, as static archives for musl.

jdk_libraries='java net nio zip fdlibm'

build_natives() { # to $home/lib/svm
    local svm=$home/lib/svm
    clib=$svm/clibraries/linux-amd64/musl
    base=$work/jdk/src/java.base
    mkdir -p "$clib/include" "$svm/kernel" "$svm/builder" "$work/objects"
    link_kernel_headers "$svm/kernel"
    generate_jni_headers
    generate_cpu_features
    install_jni_header
    include_options >"$work/includes"
    compile_jdk_libraries
    compile_svm_libraries
    cp "$(libz)" "$clib/libz.a"
    gcc -shared -fPIC -O2 -I"$home/include" -I"$home/include/linux" \
        "$here/native/reporter.c" -o "$svm/builder/libreporterchelper.so"
}

# musl-gcc looks only into musl's own headers; Linux's and zlib's are the machine's, which are the same for any libc.
link_kernel_headers() {
    local multiarch
    multiarch=$(gcc -print-multiarch)
    ln -s /usr/include/linux /usr/include/asm-generic "/usr/include/$multiarch/asm" /usr/include/zlib.h "$1"
    if [ -e /usr/include/zconf.h ]; then
        ln -s /usr/include/zconf.h "$1"
    else
        ln -s "/usr/include/$multiarch/zconf.h" "$1"
    fi
}

libz() { echo "/usr/lib/$(gcc -print-multiarch)/libz.a"; }

# javac -h over just those classes of java.base whose headers the C files include.
generate_jni_headers() {
    local name class directory
    native_directories | xargs -r grep -rhoE '#include *"(java|sun|jdk)_[^"]*\.h"' |
        sed -E 's/.*"(.*)\.h"/\1/; s/_/\//g' | sort -u | while read -r name; do
        for class in "$name" "${name%/*}"; do # the header of a nested class comes with its outer class
            for directory in linux unix share; do
                [ ! -f "$base/$directory/classes/$class.java" ] || echo "$base/$directory/classes/$class.java"
            done
        done
    done | sort -u >"$work/classes-with-natives"
    javac -implicit:none -XDignore.symbol.file -d "$work/classes" -h "$work/jni" \
        --patch-module java.base="$base/share/classes:$base/unix/classes:$base/linux/classes" \
        @"$work/classes-with-natives" >"$work/jni.log" 2>&1 || { cat "$work/jni.log" >&2 && die "javac -h failed"; }
    # The one header that the JDK's build makes from a template: 61.0 is the class file version of JDK 17.
    sed 's/@@VERSION_CLASSFILE_MAJOR@@/61/; s/@@VERSION_CLASSFILE_MINOR@@/0/' \
        "$base/share/native/include/classfile_constants.h.template" >"$work/jni/classfile_constants.h"
}

native_directories() {
    local library directory
    for library in $jdk_libraries; do
        for directory in "$base"/{share,unix,linux}/native/lib"$library"; do
            [ ! -d "$directory" ] || echo "$directory"
        done
    done
}

# The builder asks the C compiler for the offset of each field: the names must fit, and be there for every CPU.
generate_cpu_features() {
    local cpu lower
    for cpu in AMD64 AArch64 RISCV64; do
        lower=${cpu,,}
        {
            echo 'typedef struct {'
            sed -nE 's/.*boolean (f\w+)\(\);.*/    char \1;/p' \
                "$work/sources/com/oracle/svm/core/$lower/${cpu}LibCHelper.java"
            echo '} CPUFeatures;'
        } >"$clib/include/${lower}cpufeatures.h"
    done
}

# The builder looks for it where a JDK has it; Debian has it in the package of the whole JDK.
install_jni_header() {
    mkdir -p "$home/include/linux"
    cp "$base/share/native/include/jni.h" "$home/include"
    cp "$base/unix/native/include/jni_md.h" "$home/include/linux"
}

include_options() {
    local directory
    printf -- '-I%s\n' "$work/jni" "$home/include" "$home/include/linux" "$work"/jdk/src/hotspot/{share,os/posix}/include
    native_directories | while read -r directory; do
        find "$directory" -type d -printf '-I%p\n'
    done
    printf -- '-idirafter%s\n' "$home/lib/svm/kernel"
}

compile_jdk_libraries() {
    local library
    export -f compile_jdk_file
    export here work base
    for library in $jdk_libraries; do
        find "$base"/{share,unix,linux}/native/lib"$library" -name '*.c' -printf "$library %p\n" 2>/dev/null || true
    done | xargs -P "$(nproc)" -L 1 bash -c 'compile_jdk_file "$@" || exit 255' compile ||
        die "a native library of the JDK does not compile"
    for library in $jdk_libraries; do
        ar rcsD "$clib/lib$library.a" "$work/objects/$library"-*.o
    done
}

compile_jdk_file() { # LIBRARY FILE
    local object=${2#"$base"/}
    local options=(-DLIBRARY_NAME="$1") # with STATIC_BUILD: JNI_OnLoad_<library>
    if [ "$1" = fdlibm ]; then
        options=(-O0 -ffp-contract=off) # as the JDK's own build: its results are the specification's
    fi
    case $2 in
    # Its constructor would lay out 4,096 mutexes at every start (48 page faults), for sockets of java.net.
    */linux_close.c) options+=('-D__attribute(x)=') ;;
    esac
    musl-gcc @"$here/native/cflags" "${options[@]}" @"$work/includes" \
        -c "$2" -o "$work/objects/$1-${object//\//-}.o"
}

compile_svm_libraries() {
    local jvm=$work/jvm.c
    musl-gcc -O2 -fPIC -Wall -I"$clib/include" -c "$here/native/libchelper.c" -o "$work/objects/libchelper.o"
    ar rcsD "$clib/liblibchelper.a" "$work/objects/libchelper.o"

    # Every function of the virtual machine that a library wants and libjvm.c has not: a stub that says its name.
    musl-gcc -O2 -fPIC -Wall -c "$here/native/libjvm.c" -o "$work/jvm.o" -Wno-unused-function
    nm "$clib"/lib{java,net,nio,zip}.a | awk '$1 == "U" && $2 ~ /^(JVM|jio)_/ { print $2 }' | sort -u >"$work/wanted"
    nm "$work/jvm.o" | awk '$2 == "T" { print $3 }' | sort -u >"$work/written"
    { cat "$here/native/libjvm.c" && comm -23 "$work/wanted" "$work/written" | sed 's/.*/STUB(&)/'; } >"$jvm"
    musl-gcc -O2 -fPIC -w -c "$jvm" -o "$work/objects/jvm.o"
    ar rcsD "$clib/libjvm.a" "$work/objects/jvm.o"
}
