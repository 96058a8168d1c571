/** Measurements, run by hand with {@code -Pbench}. */
package dev.ragd.bench;
