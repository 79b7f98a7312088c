package io.carafe.conformance.suite.linux.applied;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What security modules see of a container, where the host has one. */
class LabelsApplied {

    private static final String LABEL = "system_u:system_r:container_t:s0:c1,c2";
    private static final String FILE_LABEL = "system_u:object_r:container_file_t:s0:c1,c2";

    @Test
    @Tag("config.process.selinuxLabel.applied")
    void the_process_has_its_SELinux_label(Container container) {
        needsSelinux(container);
        container.with("/process/selinuxLabel", LABEL).running();
        Expect.equal(LABEL, container.proc("attr/current").replace("\0", "").strip(), "the process's label");
    }

    @Test
    @Tag("config-linux.mountLabel.applied")
    void mounts_have_their_SELinux_label(Container container) {
        needsSelinux(container);
        Expect.contains(container.with("/linux/mountLabel", FILE_LABEL).mount("/mounted", "tmpfs", "tmpfs").args("cat", "/proc/self/mounts").output(),
                FILE_LABEL, "the mounts");
    }

    @Test
    @Tag("config.process.apparmorProfile.applied")
    void the_process_has_its_AppArmor_profile(Container container) {
        Expect.needs(container.onHost("cat /sys/module/apparmor/parameters/enabled 2>/dev/null").equals("Y"), "the host has no AppArmor");
        String profile = container.onHost("cat /sys/kernel/security/apparmor/profiles 2>/dev/null").lines().map(line -> line.replaceFirst(" \\(.*", ""))
                .filter(name -> !name.contains("//")).findFirst().orElse("");
        Expect.needs(!profile.isEmpty(), "no AppArmor profile is loaded");
        container.with("/process/apparmorProfile", profile).running();
        Expect.contains(container.proc("attr/current"), profile, "the process's profile");
    }

    private static void needsSelinux(Container container) {
        Expect.needs(!container.onHost("cat /sys/fs/selinux/enforce 2>/dev/null").isEmpty(), "the host has no SELinux");
    }
}
