/**
 * Where settings and the machine's own facilities enter the program: taken once at the edge, passed on by constructor.
 * Used by every module's entry points; entry type {@link dev.understudy.config.SuppressForbidden}.
 */
@NullMarked
package dev.understudy.config;

import org.jspecify.annotations.NullMarked;
