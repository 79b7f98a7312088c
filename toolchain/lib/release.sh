# What a release is called and dated by: sets version, commit and epoch.

release_facts() { # CARAFE
    version=$("$1" --version | sed -nE 's/^carafe version ([^ ]+)$/\1/p')
    [ -n "$version" ] || die "$1 --version tells no version"
    commit=$("$here/commit")
    epoch=${SOURCE_DATE_EPOCH:-$(git -C "$here" log -1 --format=%ct 2>/dev/null || true)}
    [ -n "$epoch" ] || die "no commit tells the time of this release: set SOURCE_DATE_EPOCH"
}
