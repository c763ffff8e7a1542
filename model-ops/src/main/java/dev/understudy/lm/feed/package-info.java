/** What every decoder does before it computes: checks of what callers hand over, and blocks cut into calls. */
@NullMarked
package dev.understudy.lm.feed;

import org.jspecify.annotations.NullMarked;
