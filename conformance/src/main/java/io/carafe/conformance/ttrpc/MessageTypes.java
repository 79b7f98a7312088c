package io.carafe.conformance.ttrpc;

import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Label;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto.Type;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import io.carafe.conformance.requirement.TsvTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The descriptors of the rows of {@code messages.tsv}: those fields of containerd's messages that are looked at. */
final class MessageTypes {

    private static final Set<String> SCALARS = Set.of("string", "bytes", "bool", "int32", "int64", "uint32", "uint64");

    private static final FileDescriptor FILE = read();

    private MessageTypes() {
    }

    static Descriptor named(String name) {
        Descriptor type = FILE.findMessageTypeByName(name);
        if (type == null) {
            throw new IllegalArgumentException("no message " + name + " in messages.tsv");
        }
        return type;
    }

    private static FileDescriptor read() {
        Map<String, DescriptorProto.Builder> types = new LinkedHashMap<>();
        for (List<String> row : TsvTable.of("messages.tsv")) {
            DescriptorProto.Builder type = types.computeIfAbsent(row.get(0), name -> DescriptorProto.newBuilder().setName(name));
            if (!row.get(1).isEmpty()) {
                type.addField(field(Integer.parseInt(row.get(1)), row.get(2), row.get(3)));
            }
        }
        FileDescriptorProto.Builder file = FileDescriptorProto.newBuilder().setName("shim.proto").setSyntax("proto3");
        types.values().forEach(file::addMessageType);
        try {
            return FileDescriptor.buildFrom(file.build(), new FileDescriptor[0]);
        } catch (DescriptorValidationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** @param type of one value; with {@code *} behind it there may be many */
    private static FieldDescriptorProto field(int number, String name, String type) {
        boolean many = type.endsWith("*");
        String one = many ? type.substring(0, type.length() - 1) : type;
        FieldDescriptorProto.Builder field = FieldDescriptorProto.newBuilder().setNumber(number).setName(name)
                .setLabel(many ? Label.LABEL_REPEATED : Label.LABEL_OPTIONAL);
        return SCALARS.contains(one) ? field.setType(Type.valueOf("TYPE_" + one.toUpperCase(Locale.ROOT))).build()
                : field.setType(Type.TYPE_MESSAGE).setTypeName("." + one).build();
    }
}
