/**
 * The ask head: small networks beside a student that read its last hidden state and say what the teacher's next token
 * is worth. They travel in the student's directory. Implements what {@code decode.ask} asks for; trained in
 * {@code distil.ask}; entry type {@link dev.understudy.decode.head.AskHeadFile}.
 */
@NullMarked
package dev.understudy.decode.head;

import org.jspecify.annotations.NullMarked;
