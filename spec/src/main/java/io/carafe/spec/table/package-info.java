/**
 * Records from tables: one row per property has its name, whether it is required, its type and the record's accessor.
 * Reader and writer both use the row; there is no reflection.
 *
 * <p>The tables of the specification's own records stand in {@link io.carafe.spec.codec}. To keep
 * a further record as JSON, write a {@link io.carafe.spec.table.RecordTable} for it.
 */
package io.carafe.spec.table;
