/**
 * Chroma's HTTP API v2, spoken through the community client. The only package that knows that client, OkHttp and Gson: when
 * the client learns API v2, {@code V2Path} goes and nothing outside changes.
 */
@NullMarked
package dev.ragd.store.chroma.client;

import org.jspecify.annotations.NullMarked;
