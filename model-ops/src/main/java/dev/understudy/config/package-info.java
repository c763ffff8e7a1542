/**
 * Where settings and the machine's own facilities enter the program: read once at the edge, every problem named at
 * once, passed on by constructor. Used by every module's entry points; entry types
 * {@link dev.understudy.config.Setting} (declares) and {@link dev.understudy.config.SettingsReader} (reads).
 */
@NullMarked
package dev.understudy.config;

import org.jspecify.annotations.NullMarked;
