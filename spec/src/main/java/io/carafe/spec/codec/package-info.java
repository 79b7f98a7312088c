/**
 * The tables of the specification's documents: config.json, its {@code process} and {@code linux.resources} alone, state and
 * features. One row per property feeds reader and writer.
 *
 * <p>A property is required if the specification's prose says REQUIRED, with three exceptions that every runtime makes:
 * {@code process.user}, its {@code uid} and its {@code gid} are 0 if absent. The codec checks types, ranges
 * and closed sets of words; the runtime's plans check combinations.
 *
 * @see "runtime-spec 1.3.0, config.md and config-linux.md"
 */
package io.carafe.spec.codec;
