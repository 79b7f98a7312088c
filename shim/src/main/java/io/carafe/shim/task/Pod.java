package io.carafe.shim.task;

import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.message.Options;

/** What the containers of a shim are in, where that is a sandbox of the same shim. */
public interface Pod {

    /**
     * Hears of a container that is to be, before anything is made by its bundle.
     *
     * @param options as the request brought them
     * @return those that the container gets
     */
    Options prepare(String container, BundleFiles bundle, Options options);

    /** There is none of that name any more. */
    void removed(String container);
}
