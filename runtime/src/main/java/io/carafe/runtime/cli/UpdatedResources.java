package io.carafe.runtime.cli;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.limit.Limits;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.spec.codec.ResourcesJson;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.linux.IntelRdt;
import io.carafe.spec.resources.BlockIO;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Pids;
import io.carafe.spec.resources.Resources;
import java.util.List;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** The limits that the words of `update` ask for: the document of {@code --resources}, or what the other flags say. */
final class UpdatedResources {

    private static final Fd STDIN = Fd.borrowed(0);
    private static final String UNITS = "kmgtp";
    private static final int UNIT_BITS = 10;
    private static final int LARGEST_WEIGHT = 0xffff;

    private final Linux linux;
    private final CommandLine line;

    UpdatedResources(Linux linux, CommandLine line) {
        this.linux = linux;
        this.line = line;
    }

    Resources read(Consumer<String> warnings) {
        for (Flag flag : List.of(Flag.KERNEL_MEMORY, Flag.KERNEL_MEMORY_TCP)) {
            if (line.value(flag).isPresent()) {
                warnings.accept("--" + flag.name + ": kernels since Linux 5.16 have no such limit; going on without it");
            }
        }
        Optional<String> document = line.value(Flag.RESOURCES);
        Resources asked = document.isPresent() ? document(document.get()) : of(line);
        Limits.warnings(asked).forEach(warnings);
        return asked;
    }

    /** What the flags say of linux.intelRdt. Beside a document, too, in which it has no place. */
    Optional<IntelRdt> cache() {
        Optional<String> l3 = line.value(Flag.L3_CACHE_SCHEMA).filter(text -> !text.isEmpty());
        Optional<String> bandwidth = line.value(Flag.MEM_BW_SCHEMA).filter(text -> !text.isEmpty());
        return l3.isEmpty() && bandwidth.isEmpty() ? Optional.empty()
                : Optional.of(new IntelRdt(Optional.empty(), List.of(), l3, bandwidth, false));
    }

    private Resources document(String path) {
        byte[] json = Document.read(linux, path);
        // What go-runc writes for resources that are not there.
        if (new String(json, StandardCharsets.UTF_8).strip().equals("null")) {
            return Resources.EMPTY;
        }
        return ResourcesJson.read(json, 0, json.length);
    }

    /** What the flags say, all but the document's. */
    static Resources of(CommandLine line) {
        Cpu cpu = new Cpu(number(line, Flag.CPU_SHARE), number(line, Flag.CPU_QUOTA), number(line, Flag.CPU_BURST),
                number(line, Flag.CPU_PERIOD), number(line, Flag.CPU_RT_RUNTIME), number(line, Flag.CPU_RT_PERIOD),
                line.value(Flag.CPUSET_CPUS), line.value(Flag.CPUSET_MEMS), number(line, Flag.CPU_IDLE));
        Memory memory = new Memory(bytes(line, Flag.MEMORY), bytes(line, Flag.MEMORY_RESERVATION), bytes(line, Flag.MEMORY_SWAP),
                OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty(), Optional.empty(), Optional.empty(), Optional.empty());
        Resources resources = Resources.EMPTY;
        resources = cpu.equals(Cpu.EMPTY) ? resources : resources.withCpu(cpu);
        resources = memory.equals(Memory.EMPTY) ? resources : resources.withMemory(memory);
        OptionalLong pids = number(line, Flag.PIDS_LIMIT);
        resources = pids.isEmpty() ? resources : resources.withPids(new Pids(pids));
        OptionalLong weight = number(line, Flag.BLKIO_WEIGHT);
        if (weight.isEmpty()) {
            return resources;
        }
        if (weight.getAsLong() < 0 || weight.getAsLong() > LARGEST_WEIGHT) {
            throw wrong(Flag.BLKIO_WEIGHT, line.value(Flag.BLKIO_WEIGHT).get());
        }
        return new Resources(resources.devices(), resources.memory(), resources.cpu(), resources.pids(), Optional.of(new BlockIO(
                OptionalInt.of((int) weight.getAsLong()), OptionalInt.empty(), List.of(), List.of(), List.of(), List.of(), List.of())),
                resources.hugepageLimits(), resources.network(), resources.rdma(), resources.unified());
    }

    private static OptionalLong number(CommandLine line, Flag flag) {
        Optional<String> text = line.value(flag).filter(value -> !value.isEmpty());
        return text.isEmpty() ? OptionalLong.empty() : OptionalLong.of(number(flag, text.get(), text.get()));
    }

    /** {@code 64m, 64MiB, 65536, -1}; units of 1024, as docker's users write them. */
    private static OptionalLong bytes(CommandLine line, Flag flag) {
        Optional<String> given = line.value(flag).filter(value -> !value.isEmpty());
        if (given.isEmpty()) {
            return OptionalLong.empty();
        }
        String text = given.get();
        int digits = text.startsWith("-") ? 1 : 0;
        while (digits < text.length() && text.charAt(digits) >= '0' && text.charAt(digits) <= '9') {
            digits++;
        }
        String unit = text.substring(digits);
        String letter = unit.isEmpty() ? "" : unit.substring(0, 1).toLowerCase(Locale.ROOT);
        String rest = unit.isEmpty() ? "" : unit.substring(1);
        int power = letter.isEmpty() ? 0 : UNITS.indexOf(letter) + 1;
        boolean plain = letter.equals("b") && rest.isEmpty();
        if (!plain && (!letter.isEmpty() && power == 0 || !rest.isEmpty() && !rest.equalsIgnoreCase("b") && !rest.equalsIgnoreCase("ib"))) {
            throw wrong(flag, text);
        }
        long number = number(flag, text, text.substring(0, digits));
        long bytes = plain ? number : number << UNIT_BITS * power;
        if ((plain ? bytes : bytes >> UNIT_BITS * power) != number) {
            throw wrong(flag, text);
        }
        return OptionalLong.of(bytes);
    }

    private static long number(Flag flag, String text, String digits) {
        try {
            return Long.parseLong(digits);
        } catch (NumberFormatException e) {
            throw wrong(flag, text);
        }
    }

    private static UsageException wrong(Flag flag, String text) {
        return new UsageException("--" + flag.name + ": expected a number" + (flag.argument.equals("BYTES") ? " of bytes, as 64m," : "")
                + " found \"" + text + '"');
    }
}
