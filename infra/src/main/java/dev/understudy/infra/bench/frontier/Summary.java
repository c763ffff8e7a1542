package dev.understudy.infra.bench.frontier;

import dev.understudy.infra.bench.frontier.Contender.Cost;
import dev.understudy.infra.bench.frontier.FrontierReport.Budget;
import dev.understudy.infra.bench.frontier.FrontierReport.Part;
import dev.understudy.infra.bench.frontier.FrontierReport.Point;
import dev.understudy.infra.bench.frontier.FrontierReport.RowWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Takes the cells of one situation together. */
final class Summary {
    private final List<Cell> cells;

    Summary(List<Cell> cells) {
        this.cells = cells;
    }

    Part part() {
        Cell first = cells.get(0);
        Comparison comparison =
                new Comparison("ask-token", cells.stream().map(Cell::points).toList());
        return new Part(
                first.situation(),
                cells.size(),
                cells.stream().mapToInt(Cell::prompts).sum(),
                first.labelled(),
                mean(Cell::alone),
                mean(Cell::teacher),
                comparison.policies(Cost.WRITTEN),
                comparison.policies(Cost.FORWARDS),
                comparison.leads(),
                budgets(),
                fewer());
    }

    /** What the row cells of a situation say of the weights that they trained. */
    static RowWeights rows(List<RowCell> cells) {
        Comparison comparison =
                new Comparison(RowCell.FORM, cells.stream().map(RowCell::points).toList());
        return new RowWeights(
                cells.get(0).situation(),
                cells.size(),
                cells.stream().mapToInt(RowCell::prompts).sum(),
                cells.get(0).labelled(),
                comparison.policies(Cost.WRITTEN),
                comparison.policies(Cost.FORWARDS),
                comparison.leads());
    }

    private List<Budget> budgets() {
        List<Budget> budgets = new ArrayList<>();
        for (int i = 0; i < cells.get(0).budgets().size(); i++) {
            int at = i;
            Cell.Budget first = cells.get(0).budgets().get(at);
            budgets.add(new Budget(
                    first.form(),
                    first.level(),
                    first.trained(),
                    mean(cell -> cell.budgets().get(at).use()),
                    cells.stream()
                            .mapToDouble(cell -> cell.budgets().get(at).use())
                            .max()
                            .orElse(0),
                    mean(cell -> cell.budgets().get(at).exactMatch())));
        }
        return budgets;
    }

    private List<Point> fewer() {
        List<Point> points = new ArrayList<>();
        for (int i = 0; i < cells.get(0).fewer().size(); i++) {
            int at = i;
            List<Cell.Point> seeds =
                    cells.stream().map(cell -> cell.fewer().get(at)).toList();
            points.add(Comparison.point(seeds.get(0).share(), seeds));
        }
        return points;
    }

    private double mean(ToDoubleFunction<Cell> figure) {
        return cells.stream().mapToDouble(figure).average().orElse(0);
    }
}
