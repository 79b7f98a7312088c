package io.carafe.conmon;

import io.carafe.conmon.monitor.Diagnostics;
import io.carafe.conmon.monitor.Start;
import io.carafe.conmon.plan.MonitorPlan;
import io.carafe.conmon.words.Help;
import io.carafe.conmon.words.Option;
import io.carafe.conmon.words.OptionException;
import io.carafe.conmon.words.Words;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.StandardStreams;
import io.carafe.linux.door.Door;
import io.carafe.shim.loop.Failures;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** carafe-conmon. */
public final class Main {

    private Main() {
    }

    public static void main(String[] args) {
        Kernel kernel = Door.open();
        Linux.over(kernel).processes.exit(run(kernel, args));
    }

    /** Does what the words say, over any way to the kernel. @return the exit code */
    public static int run(Kernel kernel, String[] args) {
        Linux linux = Linux.over(kernel);
        try {
            StandardStreams.ensureOpen(linux);
            Words words = Words.of(List.of(args));
            if (words.has(Option.HELP)) {
                return print(linux, Help.text());
            }
            if (words.has(Option.VERSION)) {
                return print(linux, Version.text());
            }
            MonitorPlan plan = MonitorPlan.of(words, linux.paths.getcwd());
            return new Start(linux, plan, new Diagnostics(linux, plan.id(), plan.level(), plan.syslog())).run();
        } catch (OptionException e) {
            Diagnostics.line(linux, "conmon: option parsing failed: " + Failures.message(e));
            return 1;
        } catch (RuntimeException | Error e) {
            Diagnostics.line(linux, "[conmon:e]: " + Failures.message(e));
            return 1;
        }
    }

    private static int print(Linux linux, String text) {
        linux.files.write(Fd.borrowed(1), text.getBytes(StandardCharsets.UTF_8));
        return 0;
    }
}
