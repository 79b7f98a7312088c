/** The first image of a new tool chain: shows that the builder, the C libraries and the linker fit together. */
public class Smoke {
    public static void main(String[] args) {
        System.out.println("smoke: " + args[0] + ", é");
    }
}
