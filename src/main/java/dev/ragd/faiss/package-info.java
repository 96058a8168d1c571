/**
 * FAISS for Java: exact and approximate search over vectors, and product quantization. A hand-written JavaCPP binding,
 * compiled with the program for linux-x86_64; elsewhere {@link dev.ragd.faiss.FaissLibrary#load} says why there is none.
 *
 * <p>Everything is checked here before native code sees it: a wrong argument is a Java exception, never a crash. Knows no
 * other package of ragd.
 */
@NullMarked
package dev.ragd.faiss;

import org.jspecify.annotations.NullMarked;
