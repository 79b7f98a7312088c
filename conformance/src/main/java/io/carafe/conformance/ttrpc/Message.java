package io.carafe.conformance.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import java.util.List;

/** One of containerd's messages, by the names of its fields. */
public final class Message {

    private final DynamicMessage fields;

    private Message(DynamicMessage fields) {
        this.fields = fields;
    }

    /** @param namesAndValues that alternate: texts, numbers, truths, bytes, messages, and lists of them */
    public static Message of(String type, Object... namesAndValues) {
        Descriptor descriptor = MessageTypes.named(type);
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(descriptor);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            FieldDescriptor field = field(descriptor, (String) namesAndValues[i]);
            Object value = namesAndValues[i + 1];
            builder.setField(field, value instanceof List<?> list ? list.stream().map(one -> typed(field, one)).toList() : typed(field, value));
        }
        return new Message(builder.build());
    }

    private static Object typed(FieldDescriptor field, Object value) {
        return switch (field.getType()) {
            case INT32, UINT32 -> ((Number) value).intValue();
            case INT64, UINT64 -> ((Number) value).longValue();
            case BYTES -> ByteString.copyFrom((byte[]) value);
            case MESSAGE -> ((Message) value).fields;
            default -> value;
        };
    }

    /** @throws AssertionError when these are not the bytes of any message */
    public static Message parse(String type, byte[] bytes) {
        try {
            return new Message(DynamicMessage.parseFrom(MessageTypes.named(type), bytes));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("no message " + type + ": " + e.getMessage(), e);
        }
    }

    /** google.protobuf.Any. */
    public static Message any(String typeUrl, byte[] value) {
        return of("Any", "type_url", typeUrl, "value", value);
    }

    /** The same with what a text in protobuf's text format says. */
    public Message with(String text) {
        try {
            DynamicMessage.Builder builder = fields.toBuilder();
            TextFormat.merge(text, builder);
            return new Message(builder.build());
        } catch (TextFormat.ParseException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    public byte[] bytes() {
        return fields.toByteArray();
    }

    public String text(String name) {
        return (String) value(name);
    }

    /** Of any integer type; those without a sign are none below zero. */
    public long number(String name) {
        Object value = value(name);
        return value instanceof Integer number && field(fields.getDescriptorForType(), name).getType() == FieldDescriptor.Type.UINT32
                ? Integer.toUnsignedLong(number) : ((Number) value).longValue();
    }

    public boolean truth(String name) {
        return (Boolean) value(name);
    }

    public byte[] bytes(String name) {
        return ((ByteString) value(name)).toByteArray();
    }

    /** Empty where it is not there. */
    public Message message(String name) {
        return new Message((DynamicMessage) value(name));
    }

    public List<Message> messages(String name) {
        return ((List<?>) value(name)).stream().map(one -> new Message((DynamicMessage) one)).toList();
    }

    /** Whether that message is there. */
    public boolean has(String name) {
        return fields.hasField(field(fields.getDescriptorForType(), name));
    }

    private Object value(String name) {
        return fields.getField(field(fields.getDescriptorForType(), name));
    }

    private static FieldDescriptor field(Descriptor type, String name) {
        FieldDescriptor field = type.findFieldByName(name);
        if (field == null) {
            throw new IllegalArgumentException("no field " + name + " of " + type.getName() + " in messages.tsv");
        }
        return field;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Message message && message.fields.equals(fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** In protobuf's text format, on one line. */
    @Override
    public String toString() {
        return TextFormat.printer().emittingSingleLine(true).printToString(fields).strip();
    }
}
