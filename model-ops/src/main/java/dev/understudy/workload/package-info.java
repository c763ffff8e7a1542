/**
 * The demo's workload: messy business lines with one right answer each, generated from a seed and never read from a
 * file; their inverse, an oracle teacher, drifting traffic and the two models that the demo starts from. Feeds the
 * submitter and every test that needs real text; entry type {@link dev.understudy.workload.IntakeStream}.
 */
@NullMarked
package dev.understudy.workload;

import org.jspecify.annotations.NullMarked;
