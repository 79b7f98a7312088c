package io.carafe.runtime.cgroup.device;

import static io.carafe.linux.abi.BpfProgram.BPF_CGROUP_DEVICE;
import static io.carafe.linux.abi.BpfProgram.BPF_F_ALLOW_MULTI;
import static io.carafe.linux.abi.BpfProgram.BPF_F_REPLACE;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_TYPE_CGROUP_DEVICE;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import java.util.List;
import java.util.Optional;

/** The programs that decide on the devices of a cgroup2 directory. */
public final class DeviceFilter {

    private static final String NAME = "carafe_devices";

    private final Linux linux;
    private final Fd directory;

    /** @param directory borrowed */
    public DeviceFilter(Linux linux, Fd directory) {
        this.linux = linux;
        this.directory = directory;
    }

    /** To a directory that has none. @throws io.carafe.linux.KernelException EPERM without CAP_BPF */
    public void attach(DeviceProgram devices) {
        try (Fd program = linux.bpf.progLoad(BPF_PROG_TYPE_CGROUP_DEVICE, devices.bytes(), NAME)) {
            linux.bpf.progAttach(directory, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI);
        }
    }

    /**
     * In the place of those that it has, at once (BPF_F_REPLACE, Linux 5.6): no access is ever decided by both or by none.
     *
     * @param devices empty: all devices may be used
     */
    public void replace(Optional<DeviceProgram> devices) {
        List<Integer> old = linux.bpf.progQuery(directory, BPF_CGROUP_DEVICE);
        int replaced = 0;
        if (devices.isPresent()) {
            try (Fd program = linux.bpf.progLoad(BPF_PROG_TYPE_CGROUP_DEVICE, devices.get().bytes(), NAME)) {
                if (old.isEmpty()) {
                    linux.bpf.progAttach(directory, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI);
                } else {
                    try (Fd before = linux.bpf.progFdById(old.get(0))) {
                        linux.bpf.progReplace(directory, program, before, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI | BPF_F_REPLACE);
                    }
                    replaced = 1;
                }
            }
        }
        for (int id : old.subList(replaced, old.size())) {
            try (Fd program = linux.bpf.progFdById(id)) {
                linux.bpf.progDetach(directory, program, BPF_CGROUP_DEVICE);
            }
        }
    }
}
