/**
 * Settings: what can be set, where a value comes from (option, environment, {@code config.yml}, default), and the editing
 * of {@code config.yml}. Pure: knows no store, no model and no framework.
 */
@NullMarked
package dev.ragd.config;

import org.jspecify.annotations.NullMarked;
