package io.carafe.conformance.shim;

import io.carafe.conformance.container.ContainerExtension;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestTarget;
import java.util.List;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives a test the shim under test, in a sandbox that {@link ContainerExtension} makes and ends. */
public final class ShimExtension implements BeforeEachCallback, ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(ShimExtension.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        if (List.of(context.getRequiredTestMethod().getParameterTypes()).contains(Shim.class)) {
            Expect.needs(TestTarget.current().sandboxes().host().root(), "needs root: containerd's shims are started by root");
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Shim.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ContainerExtension.Given given = ContainerExtension.open(context);
        Shim shim = new Shim(given.sandbox(), TestTarget.current(), given.evidence());
        context.getStore(NAMESPACE).put("shim", (ExtensionContext.Store.CloseableResource) shim::close);
        return shim;
    }
}
