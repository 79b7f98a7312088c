/**
 * What a request or a command line names: ids and paths, looked at before anything is opened, made or removed by them. Whoever asks is
 * trusted to say what is to be done; a name that means something else than it seems to is refused all the same.
 */
package io.carafe.shim.name;
