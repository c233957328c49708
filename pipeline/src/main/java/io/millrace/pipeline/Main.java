// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import io.millrace.core.Processor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The all-in-one: runs the pipelines of a file until it is told to stop. {@link Arguments#USAGE} is its manual. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final Duration PLAIN_INTERVAL = Duration.ofSeconds(30);
    private static final long TICK_MILLIS = 1000;

    private final PrintStream out;
    private final PrintStream err;

    Main(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Ends the process with the exit code. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(new Main(System.out, System.err).execute(List.of(arguments)).status());
    }

    ExitCode execute(List<String> words) throws InterruptedException {
        Arguments arguments;
        try {
            arguments = Arguments.parse(words);
        } catch (Arguments.UsageException e) {
            err.println(e.getMessage());
            err.print(Arguments.USAGE);
            return ExitCode.INVALID;
        }
        return switch (arguments.act()) {
            case HELP -> printed(Arguments.USAGE.stripTrailing());
            case VERSION -> printed("millrace " + version());
            default -> withFile(arguments);
        };
    }

    private ExitCode printed(String text) {
        out.println(text);
        return ExitCode.STOPPED;
    }

    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not from a jar)" : version;
    }

    private ExitCode withFile(Arguments arguments) throws InterruptedException {
        PipelineFile file;
        try {
            file = read(arguments);
        } catch (InvalidPipelineException e) {
            err.println(e.getMessage());
            return ExitCode.INVALID;
        } catch (NoSuchFileException e) {
            err.println("there is no file " + e.getFile());
            return ExitCode.INVALID;
        } catch (IOException e) {
            err.println("cannot read " + arguments.file() + ": " + e.getMessage());
            return ExitCode.INVALID;
        } catch (RuntimeException | ServiceConfigurationError | StackOverflowError e) {
            err.println("cannot use " + arguments.file() + ": " + e);
            return ExitCode.INVALID;
        }
        return switch (arguments.act()) {
            case CHECK ->
                printed("%s is valid, pipelines: %s"
                        .formatted(
                                arguments.file(),
                                String.join(
                                        ", ",
                                        file.processors().stream()
                                                .map(processor ->
                                                        processor.options().id())
                                                .toList())));
            case PRINT_CONFIG -> printed(file.effectiveSettings().stripTrailing());
            default -> run(file.processors(), arguments.failFast());
        };
    }

    private static PipelineFile read(Arguments arguments) throws IOException {
        PipelineFile.Reader reader = PipelineFile.reader();
        if (arguments.checkpoints() != null) {
            reader.checkpoints(arguments.checkpoints());
        }
        return reader.read(Objects.requireNonNull(arguments.file()));
    }

    private ExitCode run(List<Processor> processors, boolean failFast) throws InterruptedException {
        Terminal terminal = Terminal.find(out, System.getenv("TERM"), System.getenv("COLUMNS"));
        if (terminal != null) {
            System.setErr(terminal.above(err));
        }
        List<Progress> progress = processors.stream()
                .map(processor -> Progress.of(processor, Instant.now()))
                .toList();
        Fleet fleet = new Fleet(processors, failFast);
        // A signal would end the process with a status of its own, whatever the pipelines' end was like.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(fleet), "stop"));
        fleet.start();
        watch(fleet, progress, terminal);
        return fleet.outcome();
    }

    private void end(Fleet fleet) {
        fleet.stop();
        out.flush();
        err.flush();
        Runtime.getRuntime().halt(fleet.outcome().status());
    }

    private static void watch(Fleet fleet, List<Progress> progress, @Nullable Terminal terminal)
            throws InterruptedException {
        Instant told = Instant.now();
        while (!fleet.awaitEnd(TICK_MILLIS)) {
            Instant now = Instant.now();
            if (terminal != null) {
                terminal.draw(progress.stream().map(each -> each.line(now)).toList());
            } else if (Duration.between(told, now).compareTo(PLAIN_INTERVAL) >= 0) {
                progress.forEach(each -> LOG.info("{}", each.line(now)));
                told = now;
            }
        }
    }
}
