package dev.understudy.lm;

/** Number format of tensors on disk. Arithmetic is single precision whatever the format. */
public enum Storage {
    FP32,
    BF16,
    FP16
}
