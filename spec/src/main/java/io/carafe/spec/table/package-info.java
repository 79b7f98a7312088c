/**
 * Records from tables: one row per property says its name, whether it must be there, its type and how the record gives it
 * back. Reader and writer both go by the row; there is no reflection.
 *
 * <p>The tables of the specification's own records stand in {@link io.carafe.spec.codec}. Whoever has a record of his own
 * to keep as JSON writes a {@link io.carafe.spec.table.RecordTable} for it.
 */
package io.carafe.spec.table;
