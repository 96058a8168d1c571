/** What ragd knows about collections beyond what a store keeps: who embedded them, and which generation is in use. */
@NullMarked
package dev.ragd.catalog;

import org.jspecify.annotations.NullMarked;
