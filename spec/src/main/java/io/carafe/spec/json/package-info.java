/**
 * JSON in and out, token by token, on jackson-core; complaints name the property's path.
 *
 * <p>Runs wherever a document is read or written. Works on byte arrays, opens nothing, knows no record. All state is built
 * in static initialisers, so that a native image starts with it; it is not meant for several threads.
 */
package io.carafe.spec.json;
