# Runs inside the container of `make hello`, under busybox's sh.
echo "Hello from a container that carafe runs."
echo "  my pid:       $$"
echo "  my host name: $(hostname)"
echo "  my mounts:"
awk '{ printf "    %-28s %s\n", $2, $3 }' /proc/mounts
