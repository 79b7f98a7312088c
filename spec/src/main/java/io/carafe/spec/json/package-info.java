/**
 * JSON in and out, token by token, on jackson-core; complaints name the property's path.
 *
 * <p>Runs wherever a document is read or written. Works on byte arrays, opens nothing, knows no record. All state is built
 * in static initialisers, so that a native image starts with it, and is not changed afterwards but for jackson's table of
 * names, which takes care of threads by itself.
 */
package io.carafe.spec.json;
