/**
 * Import of llama2.c checkpoints, version 0: small trained models with their tokenizers become Hugging Face directories
 * like any other. Plain Java beside {@code lm.file}; entry type {@link dev.understudy.lm.llama2c.Llama2cCheckpoint}.
 */
@NullMarked
package dev.understudy.lm.llama2c;

import org.jspecify.annotations.NullMarked;
