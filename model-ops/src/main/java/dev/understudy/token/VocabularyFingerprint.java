package dev.understudy.token;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Identity of a vocabulary: two parties may exchange token ids only when their fingerprints are equal.
 *
 * @param hex sha256 in lower-case hexadecimal over each token's length and UTF-8 bytes in id order, then the special
 *     tokens by name
 */
public record VocabularyFingerprint(String hex) {
    static VocabularyFingerprint of(Vocabulary vocabulary) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("[BUG] every JDK has SHA-256", e);
        }
        for (String token : vocabulary.tokens()) {
            update(digest, token);
        }
        new TreeMap<>(vocabulary.specials()).forEach((name, id) -> {
            update(digest, name);
            digest.update(ByteBuffer.allocate(4).putInt(id).flip());
        });
        return new VocabularyFingerprint(HexFormat.of().formatHex(digest.digest()));
    }

    private static void update(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
        digest.update(bytes);
    }
}
