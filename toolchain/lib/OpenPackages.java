import java.lang.module.ModuleFinder;

/** Prints the options that open every package of this JDK to the class path, where the builder's jars are. */
class OpenPackages {
    public static void main(String[] args) {
        ModuleFinder.ofSystem().findAll().stream()
                .map(module -> module.descriptor())
                .sorted()
                .forEach(module -> module.packages().stream().sorted().forEach(name -> {
                    System.out.println("--add-exports=" + module.name() + "/" + name + "=ALL-UNNAMED");
                    System.out.println("--add-opens=" + module.name() + "/" + name + "=ALL-UNNAMED");
                }));
    }
}
