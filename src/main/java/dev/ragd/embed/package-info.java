/** Embedding models behind one port: in-process MiniLM, Ollama and OpenAI-compatible endpoints. */
@NullMarked
package dev.ragd.embed;

import org.jspecify.annotations.NullMarked;
