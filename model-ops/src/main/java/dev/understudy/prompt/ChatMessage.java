package dev.understudy.prompt;

/**
 * One turn of a conversation, as chat templates take it.
 *
 * @param role who speaks: {@code system}, {@code user} or {@code assistant}; templates may know others
 * @param content what is said, as it is
 */
public record ChatMessage(String role, String content) {
    public static ChatMessage user(String content) {
        return new ChatMessage("user", content);
    }
}
