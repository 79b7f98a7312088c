package io.carafe.benchmarks.load;

/** {@link BesideOthers} with none of them: what the others are compared with. */
public class BesideNone extends BesideOthers {

    public BesideNone() {
        super(0);
    }
}
