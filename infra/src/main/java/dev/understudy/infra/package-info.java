/**
 * The command line: every command a person types, and nothing that computes. Starts and observes the jobs; entry type
 * {@link dev.understudy.infra.Understudy}.
 */
@NullMarked
package dev.understudy.infra;

import org.jspecify.annotations.NullMarked;
