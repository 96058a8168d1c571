/** The product as its users run it: real processes, a real Chroma server, the real model and parser. */
package dev.ragd.it;
