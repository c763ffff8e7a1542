/** Files that a command needs while it runs. Entry type {@link dev.understudy.infra.scratch.ScratchFolder}. */
@NullMarked
package dev.understudy.infra.scratch;

import org.jspecify.annotations.NullMarked;
