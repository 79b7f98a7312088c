package io.carafe.runtime.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.json.SpecException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an annotation may change, and what it may not. */
class BehaviourAnnotationTest {

    @Test
    void no_annotation_is_silently_passed_over_that_the_field_knows() {
        assertEquals(List.of("annotations[\"run.oci.pidfd_receiver\"]: is not followed: --pidfd-socket does the same"),
                BehaviourAnnotation.warnings(Map.of("run.oci.pidfd_receiver", "/run/x", "run.oci.keep_original_groups", "1", "other", "")));
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
