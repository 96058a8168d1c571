package dev.ragd.embed;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The models inside the program. Both are all-MiniLM-L6-v2 (384 components, mean pooling, vectors of length 1); int8 is
 * four times smaller and twice as fast, fp32 gives the vectors of Chroma's default embedding function.
 *
 * <p>Digests are written down here so that an identity is known without reading a file; a test compares them with the
 * files.
 */
enum LocalModel {
    INT8(
            "all-minilm-l6-v2-int8",
            "/all-minilm-l6-v2-q.onnx",
            22_972_370,
            "afdb6f1a0e45b715d0bb9b11772f032c399babd23bfc31fed1c170afc848bdb1"),
    FP32(
            "all-minilm-l6-v2-fp32",
            "/all-minilm-l6-v2.onnx",
            90_387_606,
            "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e");

    /** Components per vector. */
    static final int DIMENSION = 384;

    /** Tokens read of one text, the two special ones included. */
    static final int MAX_TOKENS = 256;

    /** Both models have the same tokenizer; the jar of the smaller model is the one that is always there. */
    static final String TOKENIZER_RESOURCE = "/all-minilm-l6-v2-q-tokenizer.json";

    static final String TOKENIZER_SHA256 = "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0";

    private final String modelName;
    private final String resource;
    private final long bytes;
    private final String sha256;

    LocalModel(String modelName, String resource, long bytes, String sha256) {
        this.modelName = modelName;
        this.resource = resource;
        this.bytes = bytes;
        this.sha256 = sha256;
    }

    static Optional<LocalModel> named(String name) {
        return Arrays.stream(values()).filter(m -> m.modelName.equals(name)).findFirst();
    }

    static String names() {
        return Arrays.stream(values()).map(LocalModel::modelName).collect(Collectors.joining(", "));
    }

    String modelName() {
        return modelName;
    }

    /** Path of the ONNX file on the class path. */
    String resource() {
        return resource;
    }

    /** Size of the ONNX file. */
    long bytes() {
        return bytes;
    }

    String sha256() {
        return sha256;
    }

    EmbedderId id() {
        return new EmbedderId("local", modelName, DIMENSION, true, MAX_TOKENS, fingerprint(MAX_TOKENS));
    }

    /**
     * What changes the bits of a vector. The runtime's version is part of it because int8 kernels round differently from
     * one to the next, and the batch policy because they quantise a whole batch with one scale.
     */
    String fingerprint(int maxTokens) {
        return Sha256.ofLines(
                "ragd-embedder 1",
                "local",
                "model " + sha256,
                "tokenizer " + TOKENIZER_SHA256,
                "max-tokens " + maxTokens,
                "pooling mean",
                "normalised l2",
                "onnxruntime " + NativeRuntime.ONNXRUNTIME_VERSION,
                "batch 1");
    }
}
