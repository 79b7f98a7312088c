package io.carafe.conformance.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON tree that is read and edited by JSON pointers (RFC 6901), as {@code /process/user/uid} or {@code /mounts/0}; {@code -} is the end of a list. */
public final class Document {

    private final Map<String, Object> root;

    private Document(Map<String, Object> root) {
        this.root = root;
    }

    /** A copy of the tree, so that edits stay here. */
    @SuppressWarnings("unchecked")
    public static Document of(Object tree) {
        return new Document((Map<String, Object>) copy(tree));
    }

    public static Document parse(String text) {
        if (Json.parse(text) instanceof Map<?, ?> object) {
            return of(object);
        }
        throw new IllegalArgumentException("no JSON object: " + text);
    }

    private static Object copy(Object tree) {
        if (tree instanceof Map<?, ?> object) {
            Map<String, Object> result = new LinkedHashMap<>();
            object.forEach((name, value) -> result.put((String) name, copy(value)));
            return result;
        }
        if (tree instanceof List<?> list) {
            List<Object> result = new ArrayList<>();
            list.forEach(value -> result.add(copy(value)));
            return result;
        }
        return tree;
    }

    public Map<String, Object> tree() {
        return root;
    }

    public Optional<Object> at(String pointer) {
        Object here = root;
        for (String step : steps(pointer)) {
            if (here instanceof Map<?, ?> object) {
                here = object.get(step);
            } else if (here instanceof List<?> list && step.matches("\\d+") && Integer.parseInt(step) < list.size()) {
                here = list.get(Integer.parseInt(step));
            } else {
                return Optional.empty();
            }
        }
        return Optional.ofNullable(here);
    }

    public String text(String pointer) {
        return at(pointer).map(Object::toString).orElse("");
    }

    public long number(String pointer) {
        return at(pointer).filter(Number.class::isInstance).map(value -> ((Number) value).longValue())
                .orElseThrow(() -> new AssertionError("no number at " + pointer + ": " + this));
    }

    public List<?> list(String pointer) {
        return at(pointer).filter(List.class::isInstance).map(value -> (List<?>) value).orElse(List.of());
    }

    /** Puts a value there; objects on the way are made, and a list where the step after it is {@code -}. */
    @SuppressWarnings("unchecked")
    public Document set(String pointer, Object value) {
        List<String> steps = steps(pointer);
        Object here = root;
        for (int i = 0; i < steps.size(); i++) {
            boolean last = i == steps.size() - 1;
            Object next = last ? copy(value) : steps.get(i + 1).equals("-") ? new ArrayList<>() : new LinkedHashMap<String, Object>();
            String step = steps.get(i);
            if (here instanceof Map<?, ?>) {
                Map<String, Object> object = (Map<String, Object>) here;
                if (last || object.get(step) == null) {
                    object.put(step, next);
                }
                here = object.get(step);
            } else {
                List<Object> list = (List<Object>) here;
                if (step.equals("-")) {
                    list.add(next);
                    here = next;
                } else {
                    if (last) {
                        list.set(Integer.parseInt(step), next);
                    }
                    here = list.get(Integer.parseInt(step));
                }
            }
        }
        return this;
    }

    /** Takes out what is there; nothing there is fine. */
    public Document remove(String pointer) {
        int slash = pointer.lastIndexOf('/');
        Object parent = slash == 0 ? root : at(pointer.substring(0, slash)).orElse(null);
        String step = unescape(pointer.substring(slash + 1));
        if (parent instanceof Map<?, ?> object) {
            object.remove(step);
        } else if (parent instanceof List<?> list && step.matches("\\d+") && Integer.parseInt(step) < list.size()) {
            list.remove(Integer.parseInt(step));
        }
        return this;
    }

    private static List<String> steps(String pointer) {
        List<String> steps = new ArrayList<>();
        for (String step : pointer.substring(1).split("/", -1)) {
            steps.add(unescape(step));
        }
        return steps;
    }

    private static String unescape(String step) {
        return step.replace("~1", "/").replace("~0", "~");
    }

    @Override
    public String toString() {
        return Json.write(root);
    }
}
