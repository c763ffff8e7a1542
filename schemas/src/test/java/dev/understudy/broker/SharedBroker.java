package dev.understudy.broker;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** One broker for all tests of this JVM: the first start takes seconds. Tests separate themselves by topic prefix. */
public final class SharedBroker implements ParameterResolver {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(SharedBroker.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedBroker.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot()
                .getStore(SPACE)
                .computeIfAbsent(EmbeddedBroker.class, key -> started(), EmbeddedBroker.class);
    }

    private static EmbeddedBroker started() {
        try {
            return EmbeddedBroker.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
