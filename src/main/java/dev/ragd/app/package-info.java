/** The composition root: settings become stores, models and services. The only package that sees all others. */
@NullMarked
package dev.ragd.app;

import org.jspecify.annotations.NullMarked;
