import static jdk.internal.org.objectweb.asm.Opcodes.*;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jdk.internal.org.objectweb.asm.ClassReader;
import jdk.internal.org.objectweb.asm.ClassVisitor;
import jdk.internal.org.objectweb.asm.ClassWriter;
import jdk.internal.org.objectweb.asm.Handle;
import jdk.internal.org.objectweb.asm.Label;
import jdk.internal.org.objectweb.asm.MethodVisitor;
import jdk.internal.org.objectweb.asm.RecordComponentVisitor;
import jdk.internal.org.objectweb.asm.Type;

/**
 * Gives the records below a folder equals, hashCode and toString in plain code.
 *
 * <p>javac leaves them to java.lang.runtime.ObjectMethods, which makes method handles when they are first called. An image cannot
 * resolve these at build time, so it carries the interpreter of method handles with all that reflection needs: some 1,400
 * methods for three that no start calls. What the methods say is the same but for the hash codes, which nobody may rely on.
 */
public final class PlainRecords {

    private static final String BOOTSTRAP = "java/lang/runtime/ObjectMethods";

    private record Component(String name, Type type) {
    }

    public static void main(String[] folders) throws IOException {
        for (String folder : folders) {
            try (Stream<Path> files = Files.walk(Path.of(folder))) {
                for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
                    byte[] before = Files.readAllBytes(file);
                    byte[] after = rewritten(new ClassReader(before), before);
                    if (after != before) {
                        Files.write(file, after);
                    }
                }
            }
        }
    }

    private static byte[] rewritten(ClassReader reader, byte[] unchanged) {
        if (!"java/lang/Record".equals(reader.getSuperName())) {
            return unchanged;
        }
        List<Component> components = new ArrayList<>();
        Set<String> bootstrapped = new HashSet<>();
        reader.accept(new ClassVisitor(ASM8) {
            @Override
            public RecordComponentVisitor visitRecordComponent(String name, String descriptor, String signature) {
                components.add(new Component(name, Type.getType(descriptor)));
                return null;
            }

            @Override
            public MethodVisitor visitMethod(int access, String method, String descriptor, String signature, String[] exceptions) {
                return new MethodVisitor(ASM8) {
                    @Override
                    public void visitInvokeDynamicInsn(String name, String type, Handle bootstrap, Object... arguments) {
                        if (bootstrap.getOwner().equals(BOOTSTRAP)) {
                            bootstrapped.add(method);
                        }
                    }
                };
            }
        }, 0);
        if (bootstrapped.isEmpty()) {
            return unchanged;
        }
        ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
        String owner = reader.getClassName();
        reader.accept(new ClassVisitor(ASM8, writer) {
            @Override
            public MethodVisitor visitMethod(int access, String method, String descriptor, String signature, String[] exceptions) {
                MethodVisitor code = super.visitMethod(access, method, descriptor, signature, exceptions);
                if (!bootstrapped.contains(method)) {
                    return code;
                }
                code.visitCode();
                switch (method) {
                    case "equals" -> equalsOf(code, owner, components);
                    case "hashCode" -> hashCodeOf(code, owner, components);
                    case "toString" -> toStringOf(code, owner, components);
                    default -> throw new IllegalStateException(owner + "." + method);
                }
                code.visitMaxs(0, 0);
                code.visitEnd();
                return null;
            }
        }, 0);
        return writer.toByteArray();
    }

    private static void equalsOf(MethodVisitor code, String owner, List<Component> components) {
        Label different = new Label();
        code.visitVarInsn(ALOAD, 1);
        code.visitTypeInsn(INSTANCEOF, owner);
        code.visitJumpInsn(IFEQ, different);
        for (Component component : components) {
            Type type = component.type();
            code.visitVarInsn(ALOAD, 0);
            code.visitFieldInsn(GETFIELD, owner, component.name(), type.getDescriptor());
            code.visitVarInsn(ALOAD, 1);
            code.visitTypeInsn(CHECKCAST, owner);
            code.visitFieldInsn(GETFIELD, owner, component.name(), type.getDescriptor());
            switch (type.getSort()) {
                case Type.LONG -> {
                    code.visitInsn(LCMP);
                    code.visitJumpInsn(IFNE, different);
                }
                case Type.FLOAT, Type.DOUBLE -> {
                    code.visitMethodInsn(INVOKESTATIC, boxOf(type), "compare", "(" + type + type + ")I", false);
                    code.visitJumpInsn(IFNE, different);
                }
                case Type.OBJECT, Type.ARRAY -> {
                    code.visitMethodInsn(INVOKESTATIC, "java/util/Objects", "equals", "(Ljava/lang/Object;Ljava/lang/Object;)Z", false);
                    code.visitJumpInsn(IFEQ, different);
                }
                default -> code.visitJumpInsn(IF_ICMPNE, different);
            }
        }
        code.visitInsn(ICONST_1);
        code.visitInsn(IRETURN);
        code.visitLabel(different);
        code.visitFrame(F_SAME, 0, null, 0, null);
        code.visitInsn(ICONST_0);
        code.visitInsn(IRETURN);
    }

    private static void hashCodeOf(MethodVisitor code, String owner, List<Component> components) {
        code.visitInsn(ICONST_0);
        for (Component component : components) {
            Type type = component.type();
            code.visitIntInsn(BIPUSH, 31);
            code.visitInsn(IMUL);
            code.visitVarInsn(ALOAD, 0);
            code.visitFieldInsn(GETFIELD, owner, component.name(), type.getDescriptor());
            boolean isReference = type.getSort() == Type.OBJECT || type.getSort() == Type.ARRAY;
            code.visitMethodInsn(INVOKESTATIC, isReference ? "java/util/Objects" : boxOf(type), "hashCode",
                    "(" + (isReference ? "Ljava/lang/Object;" : type) + ")I", false);
            code.visitInsn(IADD);
        }
        code.visitInsn(IRETURN);
    }

    private static void toStringOf(MethodVisitor code, String owner, List<Component> components) {
        String builder = "java/lang/StringBuilder";
        code.visitTypeInsn(NEW, builder);
        code.visitInsn(DUP);
        code.visitLdcInsn(owner.substring(Math.max(owner.lastIndexOf('/'), owner.lastIndexOf('$')) + 1) + "[");
        code.visitMethodInsn(INVOKESPECIAL, builder, "<init>", "(Ljava/lang/String;)V", false);
        String separator = "";
        for (Component component : components) {
            Type type = component.type();
            code.visitLdcInsn(separator + component.name() + "=");
            code.visitMethodInsn(INVOKEVIRTUAL, builder, "append", "(Ljava/lang/String;)L" + builder + ";", false);
            code.visitVarInsn(ALOAD, 0);
            code.visitFieldInsn(GETFIELD, owner, component.name(), type.getDescriptor());
            String appended = switch (type.getSort()) {
                case Type.OBJECT, Type.ARRAY -> "Ljava/lang/Object;";
                case Type.BYTE, Type.SHORT -> "I";
                default -> type.getDescriptor();
            };
            code.visitMethodInsn(INVOKEVIRTUAL, builder, "append", "(" + appended + ")L" + builder + ";", false);
            separator = ", ";
        }
        code.visitLdcInsn("]");
        code.visitMethodInsn(INVOKEVIRTUAL, builder, "append", "(Ljava/lang/String;)L" + builder + ";", false);
        code.visitMethodInsn(INVOKEVIRTUAL, builder, "toString", "()Ljava/lang/String;", false);
        code.visitInsn(ARETURN);
    }

    private static String boxOf(Type primitive) {
        return switch (primitive.getSort()) {
            case Type.BOOLEAN -> "java/lang/Boolean";
            case Type.BYTE -> "java/lang/Byte";
            case Type.CHAR -> "java/lang/Character";
            case Type.SHORT -> "java/lang/Short";
            case Type.INT -> "java/lang/Integer";
            case Type.LONG -> "java/lang/Long";
            case Type.FLOAT -> "java/lang/Float";
            default -> "java/lang/Double";
        };
    }
}
