# What a GraalVM from elsewhere needs to hear, that the launcher of an assembled home says by itself.

is_foreign() { [ ! -e "$1/lib/svm/open-packages" ]; }

# GraalVM wants a musl tool chain that has zlib and Linux's headers; Debian's musl-gcc is told where the machine has them.
foreign_options() { # HOME
    local multiarch
    multiarch=$(gcc -print-multiarch)
    printf '%s\n' "-H:CCompilerPath=$(command -v musl-gcc)" \
        -H:CCompilerOption=-idirafter -H:CCompilerOption=/usr/include \
        -H:CCompilerOption=-idirafter "-H:CCompilerOption=/usr/include/$multiarch" \
        "-H:NativeLinkerOption=/usr/lib/$multiarch/libz.a"
    # Since GraalVM for JDK 21 the builder wants its experimental options unlocked.
    if [ "$("$1/bin/native-image" --version | sed -nE 's/^native-image ([0-9]+).*/\1/p')" -ge 21 ] 2>/dev/null; then
        echo -H:+UnlockExperimentalVMOptions
    fi
}
