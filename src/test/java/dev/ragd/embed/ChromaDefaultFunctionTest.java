package dev.ragd.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Chroma's default embedding function, followed step by step: a whole batch padded to 256 tokens, the mean weighted by
 * the attention mask, then length 1. Ours neither pads nor batches; the vectors must be the same but for rounding.
 */
class ChromaDefaultFunctionTest {

    private static final int LENGTH = 256;

    @Test
    void fp32GivesTheSameVectors() throws Exception {
        List<String> texts = new ArrayList<>(ChildProgram.TEXTS);
        texts.add("x");
        texts.add("[MASK] ".repeat(300));
        EmbedSettings settings = Embedders.forChromaFunction("default", EmbedSettings.local(LocalEmbedderTest.CACHE))
                .orElseThrow();
        float[][] ours;
        try (Embedder embedder = Embedders.open(settings)) {
            ours = embedder.embedDocuments(texts);
        }
        double[][] reference = chroma(texts);
        for (int i = 0; i < ours.length; i++) {
            for (int d = 0; d < ours[i].length; d++) {
                assertThat((double) ours[i][d]).as(texts.get(i)).isCloseTo(reference[i][d], within(1e-6));
            }
        }
    }

    private static double[][] chroma(List<String> texts) throws Exception {
        int n = texts.size();
        long[] ids = new long[n * LENGTH];
        long[] mask = new long[n * LENGTH];
        try (HuggingFaceTokenizer tokenizer = MiniLmTokenizerTest.reference(
                "padding", "max_length", "truncation", "true", "maxLength", "256", "modelMaxLength", "512")) {
            for (int i = 0; i < n; i++) {
                Encoding encoding = tokenizer.encode(texts.get(i));
                assertThat(encoding.getIds()).hasSize(LENGTH);
                System.arraycopy(encoding.getIds(), 0, ids, i * LENGTH, LENGTH);
                System.arraycopy(encoding.getAttentionMask(), 0, mask, i * LENGTH, LENGTH);
            }
        }
        OrtEnvironment environment = NativeRuntime.onnxRuntime(LocalEmbedderTest.CACHE);
        byte[] model;
        try (var in = getResource()) {
            model = in.readAllBytes();
        }
        long[] shape = {n, LENGTH};
        try (OrtSession session = environment.createSession(model);
                OnnxTensor a = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                OnnxTensor b = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                OnnxTensor c = OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
                OrtSession.Result result =
                        session.run(Map.of("input_ids", a, "attention_mask", b, "token_type_ids", c))) {
            float[][][] states = (float[][][]) result.get(0).getValue();
            double[][] vectors = new double[n][LocalModel.DIMENSION];
            for (int i = 0; i < n; i++) {
                double tokens = 0;
                for (int t = 0; t < LENGTH; t++) {
                    tokens += mask[i * LENGTH + t];
                    for (int d = 0; d < LocalModel.DIMENSION; d++) {
                        vectors[i][d] += states[i][t][d] * mask[i * LENGTH + t];
                    }
                }
                double squares = 0;
                for (int d = 0; d < LocalModel.DIMENSION; d++) {
                    vectors[i][d] /= Math.max(tokens, 1e-9);
                    squares += vectors[i][d] * vectors[i][d];
                }
                for (int d = 0; d < LocalModel.DIMENSION; d++) {
                    vectors[i][d] /= Math.sqrt(squares);
                }
            }
            return vectors;
        }
    }

    private static java.io.InputStream getResource() {
        return ChromaDefaultFunctionTest.class.getResourceAsStream(LocalModel.FP32.resource());
    }
}
