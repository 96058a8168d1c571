/** The vector-store port: collections of records, filters, capabilities and typed errors. Knows no store and no framework. */
@NullMarked
package dev.ragd.store;

import org.jspecify.annotations.NullMarked;
