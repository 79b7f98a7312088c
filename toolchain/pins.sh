# What is assembled, by version. The checksums of every downloaded file stand in pins.sha256.

graal_version=23.0.6                        # also <graal.version> in pom.xml: the last for JDK 17 in Maven Central
jdk_package=openjdk-17-jre-headless         # it has javac too: lib/modules holds the whole JDK

use_jdk() { # VERSION: Debian's, as 17.0.19+10-1~deb12u2
    jdk_package_version=$1
    jdk_version=${1%-*} # upstream's name of the source
    jdk_deb=${jdk_package}_${jdk_package_version}_amd64.deb
    jdk_source=openjdk-17_${jdk_version}.orig.tar.xz
}

use_jdk 17.0.19+10-1~deb12u2                # what was tried last, Debian 12; where the archive has moved on, what it offers is taken
