package dev.understudy.workload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Which part a prompt belongs to, by its hash: no prompt is ever in two parts, whatever the seed. */
public enum Split {
    TEST,
    DEV,
    TRAIN;

    /** First four bytes of the prompt's sha256, unsigned, modulo 20: 0 is test, 1 is dev, the rest train. */
    public static Split of(String prompt) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(prompt.getBytes(StandardCharsets.UTF_8));
            int bucket = Integer.remainderUnsigned(ByteBuffer.wrap(digest).getInt(), 20);
            return bucket == 0 ? TEST : bucket == 1 ? DEV : TRAIN;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("[BUG] every JDK has SHA-256", e);
        }
    }
}
