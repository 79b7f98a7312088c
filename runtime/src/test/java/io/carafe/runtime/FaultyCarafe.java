package io.carafe.runtime;

import io.carafe.linux.Kernel;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.FaultyKernel;
import io.carafe.linux.door.FaultyKernel.Fault;
import io.carafe.linux.door.OldKernel;
import io.carafe.runtime.cli.Main;

/**
 * carafe with a door that can fail: CARAFE_CALLS is the file that gets a line for each call, CARAFE_FAULT, if it is set, the call
 * that fails ({@link FaultyKernel}); or CARAFE_KERNEL is the version of Linux that it believes to be on ({@link OldKernel}). Only the tests have this image; the shipped one has no such switch.
 */
public final class FaultyCarafe {

    private FaultyCarafe() {
    }

    public static void main(String[] args) {
        String version = System.getenv("CARAFE_KERNEL");
        Kernel kernel = version == null ? Door.open() : new OldKernel(Door.open(), version);
        String calls = System.getenv("CARAFE_CALLS");
        String fault = System.getenv("CARAFE_FAULT");
        Kernel faulty = calls == null ? kernel : fault == null || fault.isEmpty() ? FaultyKernel.counting(kernel, calls)
                : FaultyKernel.failing(kernel, Fault.parse(fault), calls);
        // In a container's pid namespace getpid would be 1: the exit goes to the kernel itself.
        Linux.over(kernel).processes.exit(Main.run(faulty, args));
    }
}
