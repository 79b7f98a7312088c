/** JSON as trees of maps, lists, texts and numbers: config.json has to be wrong in every way here, which records cannot be. */
package io.carafe.conformance.json;
