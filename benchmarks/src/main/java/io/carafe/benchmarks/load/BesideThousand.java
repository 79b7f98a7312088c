package io.carafe.benchmarks.load;

/** {@link BesideOthers} with 1,000 containers. */
public class BesideThousand extends BesideOthers {

    public BesideThousand() {
        super(1000);
    }
}
