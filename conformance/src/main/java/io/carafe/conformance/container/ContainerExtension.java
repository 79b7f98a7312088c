package io.carafe.conformance.container;

import io.carafe.conformance.host.HostSnapshot;
import io.carafe.conformance.host.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test its container in a sandbox of its own; ends the sandbox of any test, looks at the host, and hands on the evidence. */
public final class ContainerExtension implements ParameterResolver, AfterEachCallback {

    /** Entries of the report: what was asked and seen, and what a test did to the host. */
    public static final String EVIDENCE = "evidence";
    public static final String HOST = "host";

    /** What the reason of a skipped test begins with when it is the runtime, and not the host, that cannot be asked. */
    public static final String NOT_ASKED = "not asked: ";

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(ContainerExtension.class);

    /** What a test is given to work in. */
    public record Given(Sandbox sandbox, Evidence evidence, HostSnapshot before) {
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Container.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        TestTarget target = TestTarget.current();
        Given given = open(context);
        Sandbox sandbox = given.sandbox();
        return new Container(sandbox, new OciRuntime(target, sandbox), target, given.evidence(), "conformance-" + sandbox.work().getFileName());
    }

    /** A sandbox for this test, which ends with it. */
    public static Given open(ExtensionContext context) {
        TestTarget target = TestTarget.current();
        Given given = new Given(target.sandboxes().open(), new Evidence(), target.sandboxes().snapshot());
        context.getStore(NAMESPACE).put("given", given);
        return given;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Given given = context.getStore(NAMESPACE).get("given", Given.class);
        if (given == null) {
            return;
        }
        List<String> left = new ArrayList<>(given.sandbox().destroy());
        left.addAll(given.before().changesTo(TestTarget.current().sandboxes().snapshot()));
        context.publishReportEntry(Map.of(EVIDENCE, given.evidence().json()));
        if (!left.isEmpty()) {
            context.publishReportEntry(Map.of(HOST, String.join("\n", left)));
        }
    }
}
