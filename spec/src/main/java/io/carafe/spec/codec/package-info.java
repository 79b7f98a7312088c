/**
 * The tables of the specification's documents: config.json, its {@code process} and {@code linux.resources} alone, state and
 * features. One row per property feeds reader and writer.
 *
 * <p>What is required is what the specification's prose calls REQUIRED, with three exceptions that every runtime makes:
 * {@code process.user}, its {@code uid} and its {@code gid} are 0 when they are absent. Values are checked for type, range
 * and closed sets of words; whether they make sense together is for the runtime's plans.
 *
 * @see "runtime-spec 1.3.0, config.md and config-linux.md"
 */
package io.carafe.spec.codec;
