// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the runs measured: one object each. */
final class Results {

    private final ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    private final List<ObjectNode> runs = new ArrayList<>();
    private final String workload;

    Results(String workload) {
        this.workload = workload;
    }

    /** {@return the object of a new run} */
    ObjectNode add(String contestant, int run) {
        ObjectNode result = mapper.createObjectNode();
        result.put("contestant", contestant).put("workload", workload).put("run", run);
        runs.add(result);
        return result;
    }

    boolean areAllValid() {
        return runs.stream().allMatch(result -> result.path("valid").asBoolean());
    }

    /** Prints the medians of a figure, and their ratios to those of each contestant's rivals. */
    void printMedians(String field, String unit) {
        Map<String, Double> medians = new LinkedHashMap<>();
        for (ObjectNode run : runs) {
            medians.computeIfAbsent(run.path("contestant").asText(), contestant -> median(contestant, field));
        }
        System.out.println();
        medians.forEach((contestant, median) -> {
            StringBuilder ratios = new StringBuilder();
            for (String rival : Contestants.rivals(contestant)) {
                double other = medians.getOrDefault(rival, 0.0);
                if (other > 0) {
                    ratios.append("  %.2f x %s".formatted(median / other, rival));
                }
            }
            System.out.printf("%-18s median %,12.2f %s%s%n", contestant, median, unit, ratios);
        });
    }

    private double median(String contestant, String field) {
        List<Double> values = runs.stream()
                .filter(run -> run.path("contestant").asText().equals(contestant))
                .map(run -> run.path(field).asDouble())
                .sorted()
                .toList();
        return (values.get((values.size() - 1) / 2) + values.get(values.size() / 2)) / 2;
    }

    void write(@Nullable Path file) throws IOException {
        if (file != null) {
            Files.writeString(file, mapper.writeValueAsString(runs) + "\n");
        }
    }
}
