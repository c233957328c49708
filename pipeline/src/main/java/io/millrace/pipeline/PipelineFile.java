// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.Processor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The pipelines of a YAML file, ready to run:
 *
 * <pre>{@code
 * for (Processor processor : PipelineFile.read(Path.of("pipeline.yaml")).processors()) {
 *     executor.execute(processor);
 * }
 * }</pre>
 *
 * <p>Components are those whose modules are on the class path, and the user's own
 * ({@link io.millrace.core.component}). {@code docs/pipeline.md} has all keys.
 */
public final class PipelineFile {

    private final List<Processor> processors;
    private final String effectiveSettings;

    private PipelineFile(List<Processor> processors, String effectiveSettings) {
        this.processors = List.copyOf(processors);
        this.effectiveSettings = effectiveSettings;
    }

    /**
     * {@return the file's pipelines} References are to the environment of the process.
     *
     * @throws InvalidPipelineException with everything that is wrong
     */
    public static PipelineFile read(Path file) throws IOException {
        return reader().read(file);
    }

    public static Reader reader() {
        return new Reader();
    }

    /** {@return a processor for each collector, in the file's order; nothing is connected yet, and each runs once} */
    public List<Processor> processors() {
        return processors;
    }

    /** {@return the file as YAML, defaults included and secrets left out} References stay as they are written. */
    public String effectiveSettings() {
        return effectiveSettings;
    }

    /** How a file is read. Not thread-safe. */
    public static final class Reader {

        private Map<String, String> environment = System.getenv();
        private Path checkpoints = Path.of("checkpoints");

        private Reader() {}

        /** What references are replaced by. Default: the environment of the process. */
        public Reader environment(Map<String, String> value) {
            this.environment = Map.copyOf(value);
            return this;
        }

        /**
         * The directory for checkpoints of pipelines that do not say where theirs are. Default
         * {@code checkpoints} in the working directory.
         */
        public Reader checkpoints(Path directory) {
            this.checkpoints = Objects.requireNonNull(directory, "directory");
            return this;
        }

        /** @throws InvalidPipelineException with everything that is wrong */
        public PipelineFile read(Path file) throws IOException {
            return parse(Files.readString(file), String.valueOf(file));
        }

        /**
         * {@return the pipelines of the text}
         *
         * @param name of the file, for messages
         * @throws InvalidPipelineException with everything that is wrong
         */
        public PipelineFile parse(String yaml, String name) {
            FileFindings findings = new FileFindings();
            Yaml document = new YamlReader(findings, new References(environment, findings)).read(yaml);
            if (document == null) {
                throw findings.exception(name);
            }
            Components known = Components.load(classLoader());
            Graph graph = Graph.of(document, known, findings);
            Assembly assembly = new Assembly(graph, known, findings, checkpoints);
            assembly.assemble();
            if (!findings.isEmpty()) {
                throw findings.exception(name);
            }
            return new PipelineFile(assembly.processors(), EffectiveSettings.of(assembly.settings()));
        }

        private static ClassLoader classLoader() {
            ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
            return ofThread == null ? PipelineFile.class.getClassLoader() : ofThread;
        }
    }
}
