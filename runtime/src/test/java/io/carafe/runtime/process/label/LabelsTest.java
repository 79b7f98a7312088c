package io.carafe.runtime.process.label;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * What is written where. No security module is active where these tests were written, so this and the errors are all that is shown:
 * that a module takes what is written is not.
 */
class LabelsTest {

    private static final Process SHELL = Process.of("/", List.of("sh"), List.of());
    private static final SecurityModules BOTH = new SecurityModules(true, true);

    private final List<String> written = new ArrayList<>();

    private void write(String file, String text) {
        written.add(file + " " + text);
    }

    private static LabelPlan plan(Process process, SecurityModules enabled) {
        return LabelPlan.of(process, enabled, "process");
    }

    @Test
    void a_profile_is_changed_to_on_exec() {
        new Labels(plan(SHELL.withApparmorProfile("web"), BOTH)).set(this::write);
        assertEquals(List.of("thread-self/attr/apparmor/exec exec web"), written);
    }

    @Test
    void several_profiles_are_a_stack_by_their_name() {
        new Labels(plan(SHELL.withApparmorProfile("web//&:tenant:inner"), BOTH)).set(this::write);
        assertEquals(List.of("thread-self/attr/apparmor/exec exec web//&:tenant:inner"), written);
    }

    @Test
    void a_kernel_without_files_of_its_own_for_apparmor_has_the_shared_one() {
        new Labels(plan(SHELL.withApparmorProfile("web"), BOTH)).set((file, text) -> {
            if (file.contains("apparmor")) {
                throw new KernelException("write", Errno.ENOENT);
            }
            write(file, text);
        });
        assertEquals(List.of("thread-self/attr/exec exec web"), written);
    }

    @Test
    void any_other_failure_is_the_answer() {
        KernelException failure = assertThrows(KernelException.class, () -> new Labels(plan(SHELL.withApparmorProfile("web"), BOTH))
                .set((file, text) -> {
                    throw new KernelException("write to /proc/" + file, Errno.EACCES);
                }));
        assertEquals("process.apparmorProfile: write to /proc/thread-self/attr/apparmor/exec: EACCES: permission denied", failure.getMessage());
    }

    @Test
    void a_context_is_set_for_exec() {
        new Labels(plan(SHELL.withSelinuxLabel("u:r:t:s0"), BOTH)).set(this::write);
        assertEquals(List.of("thread-self/attr/exec u:r:t:s0"), written);
    }

    @Test
    void without_labels_nothing_is_written() {
        new Labels(plan(SHELL, SecurityModules.NONE)).set(this::write);
        assertEquals(List.of(), written);
    }

    @Test
    void a_label_whose_module_is_not_enabled_is_an_error() {
        assertEquals("process.apparmorProfile: AppArmor is not enabled on this machine", assertThrows(SpecException.class,
                () -> plan(SHELL.withApparmorProfile("web"), new SecurityModules(false, true))).getMessage());
        assertEquals("process.selinuxLabel: SELinux is not enabled on this machine", assertThrows(SpecException.class,
                () -> plan(SHELL.withSelinuxLabel("u:r:t:s0"), new SecurityModules(true, false))).getMessage());
    }

    @Test
    void unconfined_is_what_all_are_without_apparmor() {
        assertEquals(LabelPlan.NONE, plan(SHELL.withApparmorProfile("unconfined"), new SecurityModules(false, true)));
        assertEquals(Optional.of("unconfined"), plan(SHELL.withApparmorProfile("unconfined"), new SecurityModules(true, true)).apparmorProfile());
    }

    @Test
    void a_keyring_is_made_with_the_label_of_the_process() {
        KernelException stop = new KernelException("stop here", Errno.EIO);
        SessionKeyring keyring = SessionKeyring.of(null, "_ses.web", Optional.of("u:r:t:s0"));
        assertEquals(stop, assertThrows(KernelException.class, () -> keyring.join((file, text) -> {
            write(file, text);
            throw stop;
        })));
        assertEquals(List.of("thread-self/attr/keycreate u:r:t:s0"), written);
    }
}
