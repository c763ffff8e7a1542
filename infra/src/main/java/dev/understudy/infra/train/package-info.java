/**
 * Training by command: settings, the folder of a run with everything that resuming needs, and the run itself, which a
 * signal stops at the next step. Entry type {@link dev.understudy.infra.train.TrainRun}.
 */
@NullMarked
package dev.understudy.infra.train;

import org.jspecify.annotations.NullMarked;
