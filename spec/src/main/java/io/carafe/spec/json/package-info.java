/**
 * JSON in and out, token by token, on jackson-core; complaints name the property's path.
 *
 * <p>Works on byte arrays, opens no file and knows no record. Static initialisers build all state, so a native image starts
 * with it. Afterwards only jackson's table of names changes, which is thread-safe.
 */
package io.carafe.spec.json;
