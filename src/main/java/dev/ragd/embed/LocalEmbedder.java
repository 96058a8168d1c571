package dev.ragd.embed;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * MiniLM in this process, on the processor, without a server and without a download.
 *
 * <p>The shape is what measured best per CPU-second: one session shared by all threads, no threads inside it, no
 * spinning, one text at a time. One at a time is also what makes int8 vectors reproducible, since these models quantise
 * activations per call: a text's vector would change with its neighbours in a batch. Bits are equal on repeats, on any
 * number of threads and on any Java version, for one kind of processor; processors with other vector instructions can
 * differ in the last bits.
 *
 * <p>Loads at the first embedding. {@link #embedDocuments} spreads a call over the configured number of threads, shared
 * by all callers; a single text is computed on the caller's thread.
 */
final class LocalEmbedder implements Embedder {

    private final EmbedderId id;
    private final LazyResource<Loaded> model;

    LocalEmbedder(LocalModel model, Path cacheDir, int threads) {
        this.id = model.id();
        // A lambda: the reference Loaded::close would link Loaded here, and so load classes of the runtime for nothing.
        this.model = new LazyResource<>(id.model(), () -> Loaded.open(model, cacheDir, threads), m -> m.close());
    }

    @Override
    public EmbedderId id() {
        return id;
    }

    @Override
    public float[][] embedDocuments(List<String> texts) {
        Texts.requireContent(texts);
        float[][] vectors = new float[texts.size()][];
        if (vectors.length > 0) {
            model.use(m -> {
                m.workers.forEach(vectors.length, i -> vectors[i] = m.embed(texts.get(i)));
                return m;
            });
        }
        return vectors;
    }

    @Override
    public float[] embedQuery(String text) {
        Texts.requireContent(List.of(text));
        return model.use(m -> m.embed(text));
    }

    @Override
    public void close() {
        model.close();
    }

    /** The model in memory. */
    private record Loaded(
            OrtEnvironment environment, OrtSession session, WordPieces pieces, Workers workers, String name) {

        static Loaded open(LocalModel model, Path cacheDir, int threads) {
            OrtEnvironment environment = NativeRuntime.onnxRuntime(cacheDir);
            // From a file the runtime maps and parses it once: a third of the time and half of the memory that a byte[]
            // costs. The digest is in the name, so another version is another file.
            String file = model.modelName() + "-" + model.sha256().substring(0, 12) + ".onnx";
            WordPieces pieces = WordPieces.open(cacheDir);
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                NativeRuntime.unpack(model.resource(), cacheDir, file, model.sha256());
                options.setIntraOpNumThreads(1);
                options.setInterOpNumThreads(1);
                options.addConfigEntry("session.intra_op.allow_spinning", "0");
                options.addConfigEntry("session.inter_op.allow_spinning", "0");
                OrtSession session =
                        environment.createSession(cacheDir.resolve(file).toString(), options);
                return new Loaded(environment, session, pieces, new Workers(threads), model.modelName());
            } catch (OrtException | IOException e) {
                pieces.close();
                throw new EmbedException(
                        model.modelName() + " does not load from " + cacheDir.resolve(file) + ": " + e.getMessage()
                                + "; check the disk, remove the file and try again",
                        false,
                        e);
            }
        }

        float[] embed(String text) {
            long[] ids = pieces.ids(text, LocalModel.MAX_TOKENS);
            long[] mask = new long[ids.length];
            Arrays.fill(mask, 1);
            long[] shape = {1, ids.length};
            try (OnnxTensor tokens = OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape);
                    OnnxTensor attention = OnnxTensor.createTensor(environment, LongBuffer.wrap(mask), shape);
                    OnnxTensor types =
                            OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[ids.length]), shape);
                    OrtSession.Result result = session.run(
                            Map.of("input_ids", tokens, "attention_mask", attention, "token_type_ids", types))) {
                return pool(((OnnxTensor) result.get(0)).getFloatBuffer(), ids.length);
            } catch (OrtException e) {
                throw new EmbedException(name + " failed on a text of " + ids.length + " tokens", false, e);
            }
        }

        /**
         * The mean of all tokens' vectors, at length 1. There is no padding, so the attention mask is all ones. Plain
         * loops in a fixed order, which Java computes to the same bits everywhere.
         *
         * @param states {@code float[tokens][384]}, flat
         */
        private static float[] pool(FloatBuffer states, int tokens) {
            float[] sum = new float[LocalModel.DIMENSION];
            float[] row = new float[LocalModel.DIMENSION];
            for (int t = 0; t < tokens; t++) {
                states.get(row);
                for (int d = 0; d < row.length; d++) {
                    sum[d] += row[d];
                }
            }
            return Vectors.normalise(sum);
        }

        void close() {
            workers.close();
            pieces.close();
            try {
                session.close();
            } catch (OrtException e) {
                throw new EmbedException(name + " does not close", false, e);
            }
        }
    }
}
