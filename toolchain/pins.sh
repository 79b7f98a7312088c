# What is assembled, by version. The checksums of every downloaded file stand in pins.sha256.

graal_version=23.0.6                        # also <graal.version> in pom.xml: the last for JDK 17 in Maven Central
jdk_version=17.0.19+10                      # upstream's name of the source
jdk_package_version=17.0.19+10-1~deb12u2    # Debian 12, main

jdk_package=openjdk-17-jre-headless         # it has javac too: lib/modules holds the whole JDK
jdk_deb=${jdk_package}_${jdk_package_version}_amd64.deb
jdk_source=openjdk-17_${jdk_version}.orig.tar.xz
