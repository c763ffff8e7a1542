package dev.understudy.prompt;

import com.hubspot.jinjava.interpret.JinjavaInterpreter;
import com.hubspot.jinjava.lib.exptest.ExpTest;
import com.hubspot.jinjava.lib.filter.Filter;
import com.hubspot.jinjava.util.ForLoop;
import java.beans.FeatureDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jinjava.javax.el.ELContext;
import jinjava.javax.el.ELResolver;
import jinjava.javax.el.PropertyNotFoundException;
import jinjava.javax.el.PropertyNotWritableException;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a template and their methods, spelled as in Python: keys of dictionaries, places of lists and texts,
 * what a loop knows of itself, and the methods of {@code str} and {@code dict} that chat templates use. Anything else
 * is an error. This is the whole sandbox: no Java class, field or method can be reached, because reflection is not
 * used. Stateless.
 */
final class PythonObjects extends ELResolver {
    @Override
    public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
        context.setPropertyResolved(true);
        String name = String.valueOf(property);
        if (base instanceof Map<?, ?> map) {
            return map.get(name);
        }
        if (base instanceof ForLoop loop) {
            return ofLoop(loop, name);
        }
        boolean place = name.matches("-?[0-9]{1,9}");
        if (place && base instanceof List<?> list) {
            int index = Integer.parseInt(name);
            int from = index < 0 ? index + list.size() : index;
            return from >= 0 && from < list.size() ? list.get(from) : null;
        }
        if (place && base instanceof String text) {
            int length = text.codePointCount(0, text.length());
            int index = Integer.parseInt(name);
            int from = index < 0 ? index + length : index;
            return from >= 0 && from < length
                    ? Character.toString(text.codePointAt(text.offsetByCodePoints(0, from)))
                    : null;
        }
        throw new PropertyNotFoundException("no property " + name);
    }

    private static @Nullable Object ofLoop(ForLoop loop, String name) {
        return switch (name) {
            case "index" -> (long) loop.getIndex();
            case "index0" -> (long) loop.getIndex0();
            case "first" -> loop.isFirst();
            case "last" -> loop.isLast();
            case "length" -> (long) loop.getLength();
            case "revindex" -> (long) loop.getRevindex();
            case "revindex0" -> (long) loop.getRevindex0();
            default -> throw new PropertyNotFoundException("no property " + name + " of a loop");
        };
    }

    @Override
    public @Nullable Object invoke(
            ELContext context, Object base, Object method, Class<?>[] types, Object @Nullable [] given) {
        context.setPropertyResolved(true);
        Object[] arguments = given == null ? new Object[0] : given;
        String name = String.valueOf(method);
        if (base instanceof Filter filter && name.equals("filter")) {
            return filter(filter, arguments);
        }
        if (base instanceof ExpTest test && name.startsWith("evaluate")) {
            return test(test, name, arguments);
        }
        if (base instanceof String text) {
            return ofText(text, name, arguments);
        }
        if (base instanceof Map<?, ?> map) {
            return ofMap(map, name, arguments);
        }
        throw unknown(base, name, arguments);
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Object filter(Filter filter, Object[] arguments) {
        return filter.filter(
                arguments[0], (JinjavaInterpreter) arguments[1], (Object[]) arguments[2], (Map<String, Object>)
                        arguments[3]);
    }

    private static Object test(ExpTest test, String name, Object[] arguments) {
        JinjavaInterpreter interpreter = (JinjavaInterpreter) arguments[1];
        Object[] rest = arguments.length > 2 && arguments[2] instanceof Object[] more
                ? more
                : Arrays.copyOfRange(arguments, 2, arguments.length);
        return name.equals("evaluateNegated")
                ? test.evaluateNegated(arguments[0], interpreter, rest)
                : test.evaluate(arguments[0], interpreter, rest);
    }

    private static Object ofText(String text, String name, Object[] arguments) {
        String first = arguments.length > 0 && arguments[0] != null ? arguments[0].toString() : null;
        String second = arguments.length > 1 && arguments[1] != null ? arguments[1].toString() : null;
        return switch (name + "/" + arguments.length) {
            case "strip/0", "strip/1" -> PythonText.stripEnd(PythonText.stripStart(text, first), first);
            case "lstrip/0", "lstrip/1" -> PythonText.stripStart(text, first);
            case "rstrip/0", "rstrip/1" -> PythonText.stripEnd(text, first);
            case "upper/0" -> text.toUpperCase(Locale.ROOT);
            case "lower/0" -> text.toLowerCase(Locale.ROOT);
            case "capitalize/0" ->
                text.isEmpty()
                        ? text
                        : text.substring(0, 1).toUpperCase(Locale.ROOT)
                                + text.substring(1).toLowerCase(Locale.ROOT);
            case "splitlines/0" -> new ArrayList<>(text.lines().toList());
            case "split/0" -> words(text);
            case "split/1" -> parts(text, required(first, name), -1);
            case "split/2" -> parts(text, required(first, name), ((Number) arguments[1]).intValue());
            case "startswith/1" -> text.startsWith(required(first, name));
            case "endswith/1" -> text.endsWith(required(first, name));
            case "find/1" -> (long) text.indexOf(required(first, name));
            case "count/1" -> (long) parts(text, required(first, name), -1).size() - 1;
            case "replace/2" -> text.replace(required(first, name), required(second, name));
            case "removeprefix/1" -> withoutStart(text, required(first, name));
            case "removesuffix/1" -> withoutEnd(text, required(first, name));
            case "join/1" -> joined(text, arguments[0]);
            default -> throw unknown(text, name, arguments);
        };
    }

    private static String withoutStart(String text, String start) {
        return text.startsWith(start) ? text.substring(start.length()) : text;
    }

    private static String withoutEnd(String text, String end) {
        return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }

    private static String joined(String between, Object elements) {
        List<String> texts = new ArrayList<>();
        if (elements instanceof Collection<?> list) {
            list.forEach(element -> texts.add(PythonText.printed(element)));
        }
        return String.join(between, texts);
    }

    private static @Nullable Object ofMap(Map<?, ?> map, String name, Object[] arguments) {
        return switch (name + "/" + arguments.length) {
            case "items/0" -> new ArrayList<>(map.entrySet());
            case "keys/0" -> new ArrayList<>(map.keySet());
            case "values/0" -> new ArrayList<>(map.values());
            case "get/1" -> map.get(String.valueOf(arguments[0]));
            case "get/2" ->
                map.containsKey(String.valueOf(arguments[0])) ? map.get(String.valueOf(arguments[0])) : arguments[1];
            default -> throw unknown(map, name, arguments);
        };
    }

    private static List<Object> parts(String text, String separator, int most) {
        if (separator.isEmpty()) {
            throw new TemplateException("split has an empty separator, expected a text; correct the template");
        }
        List<Object> parts = new ArrayList<>();
        int from = 0;
        for (int at = text.indexOf(separator); at >= 0 && parts.size() != most; at = text.indexOf(separator, from)) {
            parts.add(text.substring(from, at));
            from = at + separator.length();
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static List<Object> words(String text) {
        List<Object> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        for (int i = 0; i <= text.length(); i++) {
            if (i < text.length() && !PythonText.isSpace(text.charAt(i))) {
                word.append(text.charAt(i));
            } else if (!word.isEmpty()) {
                words.add(word.toString());
                word.setLength(0);
            }
        }
        return words;
    }

    private static String required(@Nullable String argument, String method) {
        if (argument == null) {
            throw new TemplateException("method " + method + " got nothing, expected a text; correct the template");
        }
        return argument;
    }

    private static TemplateException unknown(Object base, String name, Object[] arguments) {
        String kind = base instanceof String ? "text" : base instanceof Map ? "dictionary" : "value";
        return new TemplateException("method " + name + " of a " + kind + " with " + arguments.length
                + " arguments is not offered, expected one that chat templates use; write it with filters");
    }

    @Override
    public Class<?> getType(ELContext context, Object base, Object property) {
        context.setPropertyResolved(true);
        return Object.class;
    }

    @Override
    public void setValue(ELContext context, Object base, Object property, Object value) {
        throw new PropertyNotWritableException("templates may not change what they are given");
    }

    @Override
    public boolean isReadOnly(ELContext context, Object base, Object property) {
        context.setPropertyResolved(true);
        return true;
    }

    @Override
    public @Nullable Iterator<FeatureDescriptor> getFeatureDescriptors(ELContext context, Object base) {
        return null;
    }

    @Override
    public Class<?> getCommonPropertyType(ELContext context, Object base) {
        return Object.class;
    }
}
