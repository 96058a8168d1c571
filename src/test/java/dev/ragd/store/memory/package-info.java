/** An exact store without files, for tests: the oracle that other stores are compared with. */
@NullMarked
package dev.ragd.store.memory;

import org.jspecify.annotations.NullMarked;
