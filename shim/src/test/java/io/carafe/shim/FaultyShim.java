package io.carafe.shim;

import io.carafe.linux.Kernel;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.FaultyKernel;
import io.carafe.linux.door.FaultyKernel.Fault;
import io.carafe.shim.action.Main;

/**
 * The shim with a door that can fail: CARAFE_CALLS is the file that gets a line for each call, CARAFE_FAULT, if it is set, the call
 * that fails ({@link FaultyKernel}). The serving process, which the action {@code start} executes, is the same program and has the same
 * environment. Only the tests have this image; the shipped one has no such switch.
 */
public final class FaultyShim {

    private FaultyShim() {
    }

    public static void main(String[] args) {
        Kernel kernel = Door.open();
        Linux.over(kernel).processes.exit(Main.run(behind(kernel), args));
    }

    private static Kernel behind(Kernel kernel) {
        String calls = System.getenv("CARAFE_CALLS");
        String fault = System.getenv("CARAFE_FAULT");
        if (calls == null) {
            return kernel;
        }
        return fault == null || fault.isEmpty() ? FaultyKernel.counting(kernel, calls) : FaultyKernel.failing(kernel, Fault.parse(fault), calls);
    }
}
