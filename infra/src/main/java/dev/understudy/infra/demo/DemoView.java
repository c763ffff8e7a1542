package dev.understudy.infra.demo;

import java.time.Duration;
import java.util.List;

/** What a display may show while the demo runs. */
record DemoView(
        String phase,
        Duration elapsed,
        long prompts,
        List<Seen> completions,
        long open,
        int published,
        long proven,
        List<String> events) {}
