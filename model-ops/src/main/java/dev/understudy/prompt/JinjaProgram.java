package dev.understudy.prompt;

import com.hubspot.jinjava.Jinjava;
import com.hubspot.jinjava.JinjavaConfig;
import com.hubspot.jinjava.LegacyOverrides;
import com.hubspot.jinjava.el.JinjavaProcessors;
import com.hubspot.jinjava.interpret.Context;
import com.hubspot.jinjava.interpret.Context.Library;
import com.hubspot.jinjava.interpret.InterpretException;
import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.interpret.TemplateError;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.lib.fn.ELFunctionDefinition;
import com.hubspot.jinjava.tree.Node;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A chat template in the Jinja implementation of the JVM, set up to print what transformers prints: its environment is
 * {@code trim_blocks}, {@code lstrip_blocks}, loop controls, {@code raise_exception} and its own {@code tojson}. A
 * rendering reaches no file, class or clock and is bounded in output, depth and number of steps. Where the
 * implementation would print something else than Python, the template is refused or fails; slices of texts, which count
 * UTF-16 units and not characters, are the known exception. Thread safe.
 *
 * <p>The date function {@code strftime_now} is left undefined on purpose, so that equal chats are equal prompts every
 * day; templates that test for it fall back to their fixed date.
 */
final class JinjaProgram {
    private static final int MOST_CHARACTERS = 8_000_000;
    private static final int MOST_ELEMENTS = 100_000;
    private static final int MOST_DEPTH = 64;
    private static final int MOST_STEPS = 200_000;

    private final Jinjava engine;
    private final JinjavaConfig config;
    private final Context library;
    private final Node program;
    private int steps;

    /** @throws TemplateException when the template cannot be rendered here whatever the chat */
    JinjaProgram(String source) {
        config = config();
        engine = new Jinjava(config);
        function("raise_exception", "raise");
        function(TemplateText.PRINT, "printed");
        for (Filter filter : PythonFilter.values()) {
            engine.registerFilter(filter);
        }
        library = engine.getGlobalContextCopy();
        JinjavaInterpreter parser = interpreter(Map.of());
        String text = TemplateText.normalised(source);
        program = guarded(() -> parser.parse(text));
        refuse(parser.getErrorsCopy());
    }

    private void function(String name, String method) {
        engine.getGlobalContext()
                .registerFunction(new ELFunctionDefinition("", name, TemplateFunctions.class, method, Object.class));
    }

    private JinjavaInterpreter interpreter(Map<String, Object> names) {
        return new JinjavaInterpreter(engine, new Strict(library, names, config), config);
    }

    /**
     * The text that the template makes. One rendering at a time, because the parsed template and the library are
     * shared: parsing again would cost more than the rendering.
     *
     * @param names what the template may use
     * @throws TemplateException when the template raises, fails, or grows beyond its bounds
     */
    synchronized String render(Map<String, Object> names) {
        steps = 0;
        JinjavaInterpreter interpreter = interpreter(names);
        try {
            String text = guarded(() -> interpreter.render(program));
            refuse(interpreter.getErrorsCopy());
            return text;
        } finally {
            // what was resolved is noted there for tools that nobody uses here
            library.reset();
        }
    }

    /** A template is data: whatever the library throws over it is a fault of the template. */
    private static <T> T guarded(Supplier<T> work) {
        try {
            return work.get();
        } catch (InterpretException e) {
            throw failure(e, e.getLineNumber(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            throw failure(e, -1, String.valueOf(e.getMessage()));
        } catch (StackOverflowError e) {
            throw new TemplateException("it is nested too deeply, expected ordinary depth; simplify the template", e);
        }
    }

    private static void refuse(List<TemplateError> errors) {
        for (TemplateError error : errors) {
            throw failure(error.getException(), error.getLineno(), error.getMessage());
        }
    }

    /** The library prints nothing where a filter or a test is not known. */
    private static final class Strict extends Context {
        private Strict(Context library, Map<String, Object> names, JinjavaConfig config) {
            super(library, names, config.getDisabled());
        }

        @Override
        public Filter getFilter(String name) {
            return known(super.getFilter(name), "filter", name);
        }

        @Override
        public ExpTest getExpTest(String name) {
            return known(super.getExpTest(name), "test", name);
        }

        private static <T> T known(@Nullable T found, String kind, String name) {
            if (found == null) {
                throw new TemplateException("its " + kind + " '" + name
                        + "' is not known here, expected one that chat templates use; simplify the template");
            }
            return found;
        }
    }

    private static TemplateException failure(@Nullable Exception failure, int line, String message) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TemplateException own) {
                return own;
            }
        }
        return new TemplateException(
                "line " + line + " fails with '" + message
                        + "', expected the Jinja of chat templates; simplify the template",
                failure);
    }

    private JinjavaConfig config() {
        return JinjavaConfig.newBuilder()
                .withElResolver(new PythonObjects())
                .withNestedInterpretationEnabled(false)
                .withMaxOutputSize(MOST_CHARACTERS)
                .withMaxStringLength(MOST_CHARACTERS)
                .withMaxListSize(MOST_ELEMENTS)
                .withMaxMapSize(MOST_ELEMENTS)
                .withRangeLimit(MOST_ELEMENTS)
                .withMaxRenderDepth(MOST_DEPTH)
                .withMaxMacroRecursionDepth(MOST_DEPTH)
                .withDisabled(Map.of(
                        Library.TAG, Set.of("include", "import", "from", "extends", "block", "cycle", "ifchanged"),
                        Library.FILTER, Set.of("random", "shuffle", "datetimeformat", "unixtimestamp"),
                        Library.FUNCTION, Set.of(":today", ":unixtimestamp", ":super", ":type")))
                .withProcessors(JinjavaProcessors.newBuilder()
                        .withNodePreProcessor((node, interpreter) -> count())
                        .build())
                .withLegacyOverrides(LegacyOverrides.newBuilder()
                        .withEvaluateMapKeys(true)
                        .withIterateOverMapKeys(true)
                        .withUsePyishObjectMapper(true)
                        .withUseNaturalOperatorPrecedence(true)
                        .withParseWhitespaceControlStrictly(true)
                        .withAllowAdjacentTextNodes(true)
                        .withUseTrimmingForNotesAndExpressions(true)
                        .withKeepNullableLoopValues(true)
                        .build())
                .build();
    }

    /** Nodes are counted and not seconds, so that a template is refused on every machine or on none. */
    private void count() {
        if (++steps > MOST_STEPS) {
            throw new TemplateException(
                    "it takes more than " + MOST_STEPS + " steps, expected an ordinary chat; shorten the chat");
        }
    }
}
