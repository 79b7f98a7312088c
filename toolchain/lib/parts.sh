# What the static binaries are made of, a row a part: name | version | SPDX expression | package URL | where its licence's texts are.
# A text is a file, or JAR!NAME for those files of a jar whose names hold NAME. @jar:ARTIFACT@ is a jar of Maven's, on the class path of the images.

parts_rows() { # HOME: the tool chain's
    local home=$1 jdk debian=/usr/share/doc
    jdk=$(sed -nE 's/^JAVA_VERSION="(.*)"/\1/p' "$home/release")
    local graal
    graal=$(cat "$home/lib/svm/version" 2>/dev/null || sed -nE 's/^GRAALVM_VERSION="(.*)"/\1/p' "$home/release")
    cat <<ROWS
jackson-core|$(version_of_jar jackson-core)|Apache-2.0|pkg:maven/com.fasterxml.jackson.core/jackson-core@$(version_of_jar jackson-core)|$top/LICENSE $(jar_of jackson-core)!LICENSE $(jar_of jackson-core)!NOTICE
aircompressor|$(version_of_jar aircompressor)|Apache-2.0|pkg:maven/io.airlift/aircompressor@$(version_of_jar aircompressor)|$top/LICENSE
substratevm|$graal|GPL-2.0-only WITH Classpath-exception-2.0|pkg:maven/org.graalvm.nativeimage/svm@$graal|$top/toolchain/licences/GPL-2.0-with-classpath-exception.txt
graal-sdk|$graal|UPL-1.0|pkg:maven/org.graalvm.sdk/graal-sdk@$graal|$top/toolchain/licences/UPL-1.0.txt
openjdk|$jdk|GPL-2.0-only WITH Classpath-exception-2.0|pkg:generic/openjdk@$jdk|$top/toolchain/licences/GPL-2.0-with-classpath-exception.txt $home/legal/java.base/*
musl|$(version_of_package musl-dev)|MIT|pkg:deb/debian/musl@$(version_of_package musl-dev)|$debian/musl-dev/copyright
zlib|$(version_of_package zlib1g-dev)|Zlib|pkg:deb/debian/zlib1g-dev@$(version_of_package zlib1g-dev)|$debian/zlib1g-dev/copyright
libgcc|$(version_of_package "$(package_of_libgcc)")|GPL-3.0-or-later WITH GCC-exception-3.1|pkg:deb/debian/$(package_of_libgcc)@$(version_of_package "$(package_of_libgcc)")|$debian/$(package_of_libgcc)/copyright /usr/share/common-licenses/GPL-3
ROWS
}

jar_of() { tr ':' '\n' <"$class_path" | grep "/$1-[0-9][^/]*\.jar$" || die "no jar of $1 is on the class path of the images"; }

version_of_jar() { basename "$(jar_of "$1")" .jar | sed "s/^$1-//"; }

version_of_package() { dpkg-query -W -f '${Version}' "$1"; }

package_of_libgcc() { dpkg-query -S "$(gcc -print-libgcc-file-name)" | cut -d: -f1; }

# Each jar that the poms put on the class path of an image has a row.
check_parts() { # ROWS
    local artifact
    for artifact in $(sed -nE 's#.*<dependency>([^<]*)</dependency>.*#\1#p' "$top"/{runtime,shim,conmon}/pom.xml | sort -u); do
        [[ $artifact == io.carafe:* ]] || grep -q "^${artifact#*:}|" <<<"$1" || die "lib/parts.sh has no row for $artifact, which is in an image"
    done
}

# texts_to DIRECTORY ROWS: the licences of all parts, a directory each.
texts_to() {
    local name text file
    while IFS='|' read -r name _ _ _ texts; do
        mkdir -p "$1/$name"
        for text in $texts; do
            case $text in
            *!*)
                for file in $(unzip -Z1 "${text%%!*}" | grep "^META-INF/.*${text##*!}"); do
                    unzip -p "${text%%!*}" "$file" >"$1/$name/$(basename "$file")"
                done
                ;;
            *) cp -L "$text" "$1/$name/" ;;
            esac
        done
        [ -n "$(ls "$1/$name")" ] || die "no licence text of $name"
    done <<<"$2"
}

# CycloneDX 1.5 (ECMA-424's line): what a scanner wants to know.
sbom() { # VERSION COMMIT TIME ROWS
    local name version licence purl first=yes
    printf '{\n  "bomFormat": "CycloneDX",\n  "specVersion": "1.5",\n  "version": 1,\n  "metadata": {\n    "timestamp": "%s",\n' "$3"
    printf '    "component": {\n      "type": "application",\n      "bom-ref": "carafe",\n      "name": "carafe",\n      "version": "%s",\n' "$1"
    printf '      "licenses": [{ "license": { "id": "Apache-2.0" } }],\n      "purl": "pkg:generic/carafe@%s",\n' "$1"
    printf '      "properties": [{ "name": "carafe:commit", "value": "%s" }]\n    }\n  },\n  "components": [' "$2"
    while IFS='|' read -r name version licence purl _; do
        [ "$first" = yes ] || printf ','
        first=no
        printf '\n    {\n      "type": "library",\n      "bom-ref": "%s",\n      "name": "%s",\n      "version": "%s",\n' "$name" "$name" "$version"
        printf '      "licenses": [{ "expression": "%s" }],\n      "purl": "%s"\n    }' "$licence" "$purl"
    done <<<"$4"
    printf '\n  ],\n  "dependencies": [{ "ref": "carafe", "dependsOn": ['
    cut -d'|' -f1 <<<"$4" | sed 's/.*/"&"/' | paste -sd, | tr -d '\n' | sed 's/,/, /g'
    printf '] }]\n}\n'
}
