package io.carafe.runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.container.BehaviourAnnotation.Trust;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Process;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an annotation may change, and what it may not. */
class BehaviourAnnotationTest {

    @Test
    void no_annotation_is_silently_passed_over_that_the_field_knows() {
        assertEquals(List.of("annotations[\"run.oci.pidfd_receiver\"]: is not followed: --pidfd-socket does the same"),
                BehaviourAnnotation.warnings(Map.of("run.oci.pidfd_receiver", "/run/x", "run.oci.keep_original_groups", "1", "other", ""),
                        Trust.GROUPS, true));
    }

    /** Of a scope an image may say how it ends, and no more: Conflicts would stop a unit of the host, MemoryMax lift a limit. */
    @ParameterizedTest
    @CsvSource({"Conflicts, false", "SuccessAction, false", "FailureAction, false", "Slice, false", "Before, false", "OnFailure, false", "MemoryMax, false",
        "TasksMax, false", "DevicePolicy, false", "DeviceAllow, false", "CPUWeight, false", "Delegate, false", "KillMode, false", "conflicts, false",
        "CollectMode, true", "TimeoutStopUSec, true", "TimeoutStopSec, true", "RuntimeMaxSec, true", "Description, true"})
    void a_property_of_a_unit_that_reaches_further_is_for_the_caller_to_ask(String property, boolean harmless) {
        String name = "org.systemd.property." + property;
        Map<String, String> asked = Map.of(name, "['sshd.service']", "other", "x");
        for (Trust trust : Trust.values()) {
            boolean followed = harmless || trust == Trust.EVERYTHING;
            assertEquals(followed, BehaviourAnnotation.trusted(asked, trust).containsKey(name), trust.toString());
            assertEquals("x", BehaviourAnnotation.trusted(asked, trust).get("other"));
            assertEquals(followed ? 0 : 1, BehaviourAnnotation.warnings(asked, trust, true).size(), trust.toString());
            assertEquals(List.of(), BehaviourAnnotation.warnings(asked, trust, false));
        }
    }

    /** podman hands an image's annotations on, and nothing in config.json tells them from the caller's. */
    @ParameterizedTest
    @EnumSource(Trust.class)
    void roots_groups_are_kept_where_the_caller_says_so_and_an_ordinary_users_where_it_is_asked_for(Trust trust) {
        Map<String, String> asked = Map.of("run.oci.keep_original_groups", "1");
        ProcessPlan process = ProcessPlan.of(Process.of("/", List.of("true"), List.of()), 0, "process");
        assertEquals(trust != Trust.NOTHING, BehaviourAnnotation.withGroups(process, asked, trust).keepsGroups());
        assertFalse(BehaviourAnnotation.withGroups(process, Map.of(), trust).keepsGroups());
        assertEquals(trust != Trust.NOTHING ? List.of() : List.of("annotations[\"run.oci.keep_original_groups\"]: is not followed: an image may"
                + " have brought it; where it is the caller's, say --trust-annotations before the verb"), BehaviourAnnotation.warnings(asked, trust, false));
        assertEquals(List.of(), BehaviourAnnotation.warnings(Map.of("run.oci.keep_original_groups", "0"), trust, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"context", "fscontext", "defcontext", "rootcontext"})
    void the_option_of_a_label_is_one_of_selinux(String option) {
        assertEquals(option, BehaviourAnnotation.mountContextType(Map.of("run.oci.mount_context_type", option)));
    }

    @Test
    void no_other_option_comes_in_that_way() {
        SpecException e = assertThrows(SpecException.class,
                () -> BehaviourAnnotation.mountContextType(Map.of("run.oci.mount_context_type", "uid=0,context")));
        assertEquals("annotations[\"run.oci.mount_context_type\"]: expected context or fscontext or defcontext or rootcontext, found"
                + " \"uid=0,context\"", e.getMessage());
        assertEquals("context", BehaviourAnnotation.mountContextType(Map.of()));
    }

    @Test
    void zero_and_absent_are_off() {
        assertTrue(BehaviourAnnotation.KEEP_ORIGINAL_GROUPS.isOn(Map.of("run.oci.keep_original_groups", "1")));
        assertFalse(BehaviourAnnotation.KEEP_ORIGINAL_GROUPS.isOn(Map.of("run.oci.keep_original_groups", "0")));
        assertFalse(BehaviourAnnotation.KEEP_ORIGINAL_GROUPS.isOn(Map.of()));
    }
}
