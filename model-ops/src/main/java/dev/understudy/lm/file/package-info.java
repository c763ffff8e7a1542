/**
 * Model directories in the Hugging Face layout, in plain Java: {@code config.json}, safetensors files and what lies
 * beside them. Sizes, offsets and values are checked here, before anything reaches native memory. Used by
 * {@code lm.djl} and by importers; entry type {@link dev.understudy.lm.file.ModelDirectory}.
 */
@NullMarked
package dev.understudy.lm.file;

import org.jspecify.annotations.NullMarked;
