package dev.ragd.store;

/** What Java strings allow and no store can keep. */
public final class Unicode {

    private Unicode() {}

    /** True when every surrogate has its partner. */
    public static boolean isWellFormed(String s) {
        // A loop as plain as this vanishes for strings of single bytes once it is compiled.
        for (int i = 0; i < s.length(); i++) {
            if (Character.isSurrogate(s.charAt(i))) {
                return arePaired(s, i);
            }
        }
        return true;
    }

    private static boolean arePaired(String s, int from) {
        for (int i = from; i < s.length(); i++) {
            char c = s.charAt(i);
            if (Character.isHighSurrogate(c)) {
                if (i + 1 == s.length() || !Character.isLowSurrogate(s.charAt(i + 1))) {
                    return false;
                }
                i++;
            } else if (Character.isLowSurrogate(c)) {
                return false;
            }
        }
        return true;
    }
}
