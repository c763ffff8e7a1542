package dev.understudy.infra.demo;

import dev.understudy.infra.train.AskTraining;
import dev.understudy.infra.train.AskTraining.Form;
import dev.understudy.lm.engine.Engine;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Clock;

/**
 * The first ask head of a demo, learnt before the traffic as {@code train --method kdtw} learns it: from lines of the
 * kinds that the starting student knows, so that the release finds the head as unprepared as the student.
 */
final class FirstHead {
    private final DemoOptions options;
    private final Clock clock;
    private final PrintWriter screen;

    FirstHead(DemoOptions options, Clock clock, PrintWriter screen) {
        this.options = options;
        this.clock = clock;
        this.screen = screen;
    }

    /** Learns; what comes out starts with the student that asks by it. */
    DemoOptions learn() throws IOException {
        DemoFiles files = new DemoFiles(options.work());
        files.prepareLabelled(options.story().schedule().known());
        AskTraining.Request request = new AskTraining.Request(
                files.labelled(), options.cast().student(), options.cast().teacher(), files.askingStudent(), Form.HEAD);
        new AskTraining(request, Engine.installed(), clock, screen).run();
        return options.startingWith(files.askingStudent());
    }
}
