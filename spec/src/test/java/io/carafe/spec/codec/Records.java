package io.carafe.spec.codec;

import io.carafe.spec.OciVersion;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCases;
import net.jqwik.api.Tuple;

/** Any value of any record of the specification, by the types of its components. */
final class Records {

    private static final Set<String> UINT32 = Set.of("size", "nanosecs", "classID", "hcaHandles", "hcaObjects", "errnoRet", "defaultErrnoRet", "priority");
    private static final Set<String> IDS = Set.of("uid", "gid", "additionalGids", "containerID", "hostID");

    private Records() {
    }

    static <R> Arbitrary<R> any(Class<R> record) {
        // The ends of every range are mixed into the values; records made of nothing else would only use up the tries.
        return ofRecord(record).map(record::cast).edgeCases(EdgeCases.Config::none);
    }

    private static Arbitrary<Object> ofRecord(Class<?> record) {
        RecordComponent[] components = record.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        List<Arbitrary<Object>> values = new ArrayList<>();
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values.add(of(components[i].getGenericType(), components[i].getName()));
        }
        return Combinators.combine(values).as(arguments -> {
            try {
                Constructor<?> constructor = record.getDeclaredConstructor(types);
                return constructor.newInstance(arguments.toArray());
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static Arbitrary<Object> of(Type type, String name) {
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            if (generic.getRawType() == Optional.class) {
                return of(arguments[0], name).optional(0.6).asGeneric();
            }
            if (generic.getRawType() == List.class) {
                return of(arguments[0], name).list().ofMinSize(name.equals("names") ? 1 : 0).ofMaxSize(3).asGeneric();
            }
            // A generated map has no order of its own; here it has one, and it must last.
            return Combinators.combine(text(), of(arguments[1], name)).as(Tuple::of).list().ofMaxSize(3).map(entries -> {
                Map<String, Object> map = new LinkedHashMap<>();
                entries.forEach(entry -> map.put(entry.get1(), entry.get2()));
                return map;
            });
        }
        Class<?> plain = (Class<?>) type;
        if (plain == OciVersion.class) {
            return Arbitraries.of("1.0.0", "1.0.2-dev", "1.3.0", "1.20.0+x").map(OciVersion::parse);
        }
        if (plain.isRecord()) {
            return ofRecord(plain);
        }
        if (plain.isEnum()) {
            return Arbitraries.of(plain.getEnumConstants());
        }
        if (plain == String.class) {
            return text().asGeneric();
        }
        if (plain == boolean.class || plain == Boolean.class) {
            return Arbitraries.of(true, false).asGeneric();
        }
        if (plain == OptionalLong.class) {
            return longs(name).optional(0.6).map(value -> value.map(OptionalLong::of).orElse(OptionalLong.empty()));
        }
        if (plain == OptionalInt.class) {
            return ints(name).optional(0.6).map(value -> value.map(OptionalInt::of).orElse(OptionalInt.empty()));
        }
        if (plain == int.class) {
            return ints(name).asGeneric();
        }
        if (plain == long.class || plain == Long.class) {
            return longs(name).asGeneric();
        }
        throw new AssertionError("no values for " + type);
    }

    /** Not empty: as an optional value that would be absent. */
    private static Arbitrary<String> text() {
        return Arbitraries.oneOf(
                Arbitraries.strings().ascii().ofMinLength(1).ofMaxLength(12),
                Arbitraries.strings().all().ofMinLength(1).ofMaxLength(6))
                .filter(text -> text.indexOf(0) < 0 && text.codePoints().noneMatch(point -> point >= 0xd800 && point <= 0xdfff));
    }

    private static Arbitrary<Long> longs(String name) {
        if (IDS.contains(name)) {
            return Arbitraries.longs().between(0, 0xffff_fffeL);
        }
        return UINT32.contains(name) ? Arbitraries.longs().between(0, 0xffff_ffffL) : Arbitraries.longs();
    }

    private static Arbitrary<Integer> ints(String name) {
        return switch (name) {
            case "index" -> Arbitraries.integers().between(0, 5);
            case "pid" -> Arbitraries.integers().greaterOrEqual(0);
            case "timeout" -> Arbitraries.integers().greaterOrEqual(1);
            case "weight", "leafWeight" -> Arbitraries.integers().between(0, 0xffff);
            default -> Arbitraries.integers();
        };
    }
}
