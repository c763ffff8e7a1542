/**
 * One class a command: it parses, validates, calls a stage and prints. Neighbours: every stage; entry type
 * {@link dev.understudy.infra.cli.CommandTree}.
 */
@NullMarked
package dev.understudy.infra.cli;

import org.jspecify.annotations.NullMarked;
