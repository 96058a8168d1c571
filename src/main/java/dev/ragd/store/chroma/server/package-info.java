/**
 * A local Chroma server that ragd installs, starts, shares between its processes, and stops. Start reading at
 * {@link dev.ragd.store.chroma.server.ManagedChroma}.
 */
@NullMarked
package dev.ragd.store.chroma.server;

import org.jspecify.annotations.NullMarked;
