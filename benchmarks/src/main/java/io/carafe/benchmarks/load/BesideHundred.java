package io.carafe.benchmarks.load;

/** {@link BesideOthers} with 100 containers. */
public class BesideHundred extends BesideOthers {

    public BesideHundred() {
        super(100);
    }
}
