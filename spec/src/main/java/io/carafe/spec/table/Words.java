package io.carafe.spec.table;

import io.carafe.spec.json.Excerpt;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** A closed set of words: the constants of an enum. */
public final class Words<E extends Enum<E>> extends TextType<E> {

    private final Map<String, E> byWord = new HashMap<>();
    private final Function<E, String> word;
    private final String form;

    private Words(E[] constants, Function<E, String> word) {
        this.word = word;
        StringBuilder all = new StringBuilder(constants.length == 1 ? "" : "one of ");
        for (E constant : constants) {
            byWord.put(word.apply(constant), constant);
            all.append(constant.ordinal() == 0 ? "" : ", ").append(word.apply(constant));
        }
        form = all.toString();
    }

    /** The words of all the constants, in the order in which a complaint lists them. */
    public static <E extends Enum<E>> Words<E> of(E[] constants, Function<E, String> word) {
        return new Words<>(constants, word);
    }

    @Override
    public String form() {
        return form;
    }

    @Override
    protected E parse(String text) {
        E constant = byWord.get(text);
        if (constant == null) {
            throw new IllegalArgumentException("expected " + form + ", found " + Excerpt.quoted(text));
        }
        return constant;
    }

    @Override
    protected String text(E value) {
        return word.apply(value);
    }
}
