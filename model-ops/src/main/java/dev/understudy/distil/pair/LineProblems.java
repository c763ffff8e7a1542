package dev.understudy.distil.pair;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is wrong with the lines of one file: the first ones by name, the rest by their number. Not thread safe. */
final class LineProblems {
    private final Path file;
    private final List<String> named = new ArrayList<>();
    private int more;

    LineProblems(Path file) {
        this.file = file;
    }

    void add(int line, String found, String expected, String remedy) {
        if (named.size() < PairFile.MOST_PROBLEMS) {
            named.add(file + ":" + line + ": found " + found + ", expected " + expected + "; " + remedy + ".");
        } else {
            more++;
        }
    }

    /** In the order in which they were found; empty when all is well. */
    List<String> sentences() {
        List<String> all = new ArrayList<>(named);
        if (more > 0) {
            all.add(file + ": " + more + " more lines are wrong.");
        }
        return all;
    }
}
