package io.carafe.runtime;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Timer;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The walls of the house: who may import whom, what stays outside, how large a room may be.
 *
 * <p>Of the modules that are built after this one (shim, conmon, conformance, benchmarks, manual), classes are looked at where an earlier build
 * has left them; their sources always.
 */
class ArchitectureTest {

    private static final String HOUSE = "io.carafe.";
    private static final int MOST_FILES = 12;
    private static final List<String> MODULES = List.of("linux", "spec", "runtime", "shim", "conmon", "conformance", "benchmarks", "manual");
    private static final List<String> NAMES_WITHOUT_A_SUBJECT =
            List.of("Manager", "Helper", "Util", "Utils", "Common", "Impl", "Base", "Data");

    /** Where one class reaches what the library for zstd keeps to its package (docs/decisions/images.md). */
    private static final String OF_THE_LIBRARY = "io.airlift.compress.zstd";

    /** Each room with its sub-packages, and the rooms that it may import; linux means all rooms of linux/. */
    private static final Map<String, List<String>> ROOMS = new LinkedHashMap<>();

    static {
        room("linux.abi");
        room("linux", "linux.abi");
        room("linux.call", "linux", "linux.abi");
        room("linux.door", "linux", "linux.abi");
        room("linux.proc", "linux");
        room("spec");
        room("runtime.protobuf");
        room("runtime.rootfs.path", "linux.*");
        room("runtime.rootfs", "linux.*", "spec", "runtime.rootfs.path");
        room("runtime.cgroup", "linux.*", "spec");
        room("runtime.seccomp", "linux.*", "spec");
        room("runtime.process", "linux.*", "spec");
        room("runtime.image.blob", "linux.*", "spec");
        room("runtime.image", "linux.*", "spec", "runtime.image.blob", "runtime.rootfs.path");
        room("runtime.init.namespace", "linux.*", "spec", "runtime.rootfs.*", "runtime.process", "runtime.seccomp");
        room("runtime.init", "linux.*", "spec", "runtime.rootfs.*", "runtime.seccomp", "runtime.process", "runtime.init.namespace");
        room("runtime.container", "linux.*", "spec", "runtime.rootfs.*", "runtime.seccomp", "runtime.process", "runtime.cgroup",
                "runtime.init", "runtime.init.namespace", "runtime.criu");
        room("runtime.criu", "linux.*", "runtime.protobuf");
        room("runtime.cli", "linux.*", "spec", "runtime.*");
        room("shim.loop", "linux.*", "spec");
        room("shim.ttrpc", "linux.*", "spec", "shim.loop", "runtime.protobuf");
        room("shim", "linux.*", "spec", "shim.*", "runtime.cgroup", "runtime.image.blob", "runtime.rootfs.*", "runtime.init.namespace",
                "runtime.protobuf");
        for (String shared : List.of("shim.child", "shim.stdio", "shim.stat")) { // with carafe-conmon
            room(shared, "linux.*", "spec", "shim.*", "runtime.cgroup", "runtime.rootfs.*", "runtime.protobuf");
        }
        room("conmon", "linux.*", "spec", "shim.loop", "shim.child", "shim.stdio", "shim.stat");
        room("conformance", "linux.*", "spec");
        room("benchmarks", "linux.*", "spec", "runtime.*", "shim.*", "conmon");
        room("manual", "spec", "runtime.*", "shim.*", "conmon");
    }

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final JavaClasses CLASSES = new ClassFileImporter().importPaths(MODULES.stream()
            .map(module -> ROOT.resolve(module).resolve("target/classes")).filter(Files::isDirectory).toList())
            .that(DescribedPredicate.describe("ours", (JavaClass type) -> !type.getPackageName().equals(OF_THE_LIBRARY)));

    private static void room(String name, String... mayImport) {
        ROOMS.put(name, List.of(mayImport));
    }

    /** The room of a package: the one with the longest name that the package's starts with. */
    private static Optional<String> roomOf(String packageName) {
        String inside = packageName.substring(HOUSE.length());
        return ROOMS.keySet().stream().filter(room -> (inside + ".").startsWith(room + "."))
                .max((one, other) -> one.length() - other.length());
    }

    private static boolean mayImport(String from, String to) {
        return from.equals(to) || ROOMS.get(from).stream().anyMatch(allowed -> allowed.endsWith(".*")
                ? (to + ".").startsWith(allowed.substring(0, allowed.length() - 1)) : allowed.equals(to));
    }

    @Test
    void the_rooms_of_this_build_are_all_looked_at() {
        for (String module : List.of("linux", "spec", "runtime")) {
            assertTrue(CLASSES.stream().anyMatch(type -> type.getPackageName().startsWith(HOUSE + module)), module);
        }
    }

    @Test
    void every_package_is_in_a_room() {
        classes().should(new ArchCondition<>("stand in a room of the table") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                if (roomOf(type.getPackageName()).isEmpty()) {
                    events.add(SimpleConditionEvent.violated(type, type.getName() + " is in no room of ArchitectureTest's table"));
                }
            }
        }).check(CLASSES);
    }

    @Test
    void a_room_imports_only_what_the_table_allows() {
        classes().should(new ArchCondition<>("import as the table of rooms says") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                String from = roomOf(type.getPackageName()).orElseThrow();
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    String target = dependency.getTargetClass().getBaseComponentType().getPackageName();
                    if (target.startsWith(HOUSE) && !mayImport(from, roomOf(target).orElseThrow())) {
                        events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                    }
                }
            }
        }).check(CLASSES);
    }

    @Test
    void packages_have_no_cycles() {
        slices().matching("io.carafe.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /** The records that calls take and give are values, and no calls. */
    @Test
    void a_plan_is_pure() {
        classes().that(DescribedPredicate.describe("plans", (JavaClass type) -> outermost(type).getSimpleName().endsWith("Plan")))
                .should(new ArchCondition<>("touch no Kernel, no Fd and no call") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                            JavaClass target = dependency.getTargetClass();
                            if (target.getName().equals("io.carafe.linux.Kernel") || target.getName().equals("io.carafe.linux.Fd")
                                    || target.getPackageName().equals("io.carafe.linux.call") && !target.isRecord()) {
                                events.add(SimpleConditionEvent.violated(type, dependency.getDescription()));
                            }
                        }
                    }
                }).check(CLASSES);
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    /** An image has one thread, which clone3 in Java needs: nothing may make another, or a process behind our back. */
    @Test
    void nothing_makes_a_thread_or_a_process() {
        noClasses().that().resideInAnyPackage("io.carafe.linux..", "io.carafe.runtime..", "io.carafe.shim..", "io.carafe.conmon..")
                .should().dependOnClassesThat().areAssignableTo(Thread.class)
                .orShould().dependOnClassesThat().areAssignableTo(Process.class)
                .orShould().dependOnClassesThat().areAssignableTo(ProcessBuilder.class)
                .orShould().dependOnClassesThat().areAssignableTo(Runtime.class)
                .orShould().dependOnClassesThat().areAssignableTo(Timer.class)
                .orShould().dependOnClassesThat().resideInAPackage("java.util.concurrent..")
                .check(CLASSES);
    }

    /**
     * All of these either go past Kernel or cost an image time and size. ImageKernel reads one field when the image is built;
     * NamedContainers is where a person gives a regular expression.
     */
    @Test
    void the_kernel_is_reached_through_its_door_only() {
        noClasses().that().resideInAnyPackage("io.carafe.linux..", "io.carafe.runtime..", "io.carafe.shim..", "io.carafe.conmon..")
                .and().doNotHaveFullyQualifiedName("io.carafe.linux.door.ImageKernel")
                .and().doNotHaveFullyQualifiedName("io.carafe.runtime.cli.NamedContainers")
                .should().dependOnClassesThat().resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.net..",
                        "java.lang.reflect..", "java.util.regex..")
                .orShould().dependOnClassesThat().areAssignableTo(File.class)
                .orShould().dependOnClassesThat().areAssignableTo(RandomAccessFile.class)
                .orShould().dependOnClassesThat().haveNameMatching("java\\.io\\.File.*")
                .check(CLASSES);
    }

    @Test
    void spec_stands_on_jackson_core_alone() {
        classes().that().resideInAPackage("io.carafe.spec..").should().onlyDependOnClassesThat()
                .resideInAnyPackage("io.carafe.spec..", "java..", "com.fasterxml.jackson.core..").check(CLASSES);
    }

    @Test
    void a_package_has_few_files_and_says_what_it_is_for() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String tree : List.of("main", "test")) {
            sources(tree).forEach((directory, files) -> {
                if (files.size() > MOST_FILES) {
                    wrong.add(directory + " has " + files.size() + " files");
                }
                if (tree.equals("main") && !files.contains("package-info.java")) {
                    wrong.add(directory + " has no package-info.java");
                }
            });
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void a_file_has_a_name_with_a_subject() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (String tree : List.of("main", "test")) {
            sources(tree).forEach((directory, files) -> files.stream()
                    .filter(file -> NAMES_WITHOUT_A_SUBJECT.stream().anyMatch(end -> file.endsWith(end + ".java")))
                    .forEach(file -> wrong.add(directory + "/" + file)));
        }
        assertEquals(List.of(), wrong);
    }

    /** The names of the Java files of each directory that has some. */
    private static Map<Path, List<String>> sources(String tree) throws IOException {
        Map<Path, List<String>> files = new TreeMap<>();
        for (String module : MODULES) {
            Path root = ROOT.resolve(module).resolve("src").resolve(tree).resolve("java");
            if (Files.isDirectory(root)) {
                try (Stream<Path> all = Files.walk(root)) {
                    all.filter(path -> path.toString().endsWith(".java")).forEach(path ->
                            files.computeIfAbsent(ROOT.relativize(path.getParent()), directory -> new ArrayList<>())
                                    .add(path.getFileName().toString()));
                }
            }
        }
        return files;
    }
}
