/**
 * Limits how often something may happen: a bucket of tokens that refills at a steady rate.
 *
 * <p>A caller that stays below the rate on average may come in bursts, as large as the bucket. This suits a remote
 * embedding service that allows, say, three thousand requests a minute: a batch goes out at once, then the pace is the
 * service's own.
 *
 * <p>The bucket stores no thread and no timer. It computes from the clock how many tokens have dripped in since the last
 * call, which makes it exact however long nobody asked.
 */
final class TokenBucket {

    private final double capacity;
    private final double tokensPerNano;
    private double tokens;
    private long lastNanos;

    TokenBucket(double capacity, double tokensPerSecond, long nowNanos) {
        this.capacity = capacity;
        this.tokensPerNano = tokensPerSecond / 1e9;
        this.tokens = capacity;
        this.lastNanos = nowNanos;
    }

    /** Takes one token and returns zero, or takes none and returns how many nanoseconds to wait. */
    synchronized long tryTake(long nowNanos) {
        tokens = Math.min(capacity, tokens + (nowNanos - lastNanos) * tokensPerNano);
        lastNanos = nowNanos;
        if (tokens >= 1) {
            tokens -= 1;
            return 0;
        }
        return (long) Math.ceil((1 - tokens) / tokensPerNano);
    }
}
