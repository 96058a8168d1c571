package dev.ragd.ops.advice;

/**
 * What a machine offers.
 *
 * @param cores processors
 * @param memoryBytes that programs can have now
 * @param diskBytes free where the home is
 * @param scanBytesPerSecond how fast one core compares vectors that are not in its cache
 * @param syncMillis until a small write is durable
 * @param embedMillis until the configured model has embedded a text of some 200 tokens; NaN when it could not be asked
 * @param faiss whether FAISS runs here
 */
public record Machine(
        int cores,
        long memoryBytes,
        long diskBytes,
        double scanBytesPerSecond,
        double syncMillis,
        double embedMillis,
        boolean faiss) {

    Machine withDisk(long bytes) {
        return new Machine(cores, memoryBytes, bytes, scanBytesPerSecond, syncMillis, embedMillis, faiss);
    }

    Machine withMemory(long bytes) {
        return new Machine(cores, bytes, diskBytes, scanBytesPerSecond, syncMillis, embedMillis, faiss);
    }

    Machine withoutFaiss() {
        return new Machine(cores, memoryBytes, diskBytes, scanBytesPerSecond, syncMillis, embedMillis, false);
    }
}
