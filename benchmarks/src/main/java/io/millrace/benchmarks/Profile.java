// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import one.convert.Arguments;
import one.convert.JfrToFlame;
import one.profiler.AsyncProfiler;
import one.profiler.AsyncProfilerLoader;
import org.jspecify.annotations.Nullable;

/** CPU and allocations of this JVM as async-profiler sees them, as flame graphs and as collapsed stacks. */
final class Profile {

    private final @Nullable AsyncProfiler profiler;
    private final String file;

    private Profile(@Nullable AsyncProfiler profiler, String file) {
        this.profiler = profiler;
        this.file = file;
    }

    /** @param file name without its extension; empty for no profile */
    static Profile start(String file) throws IOException {
        if (file.isEmpty()) {
            return new Profile(null, file);
        }
        AsyncProfiler profiler = AsyncProfilerLoader.load();
        profiler.execute("start,jfr,event=itimer,interval=1ms,alloc=512k,threads,file=" + file + ".jfr");
        return new Profile(profiler, file);
    }

    /** Ends it and writes {@code <file>-cpu.html}, {@code <file>-alloc.html} and the same as {@code .collapsed}. */
    void end() throws IOException {
        if (profiler == null) {
            return;
        }
        profiler.execute("stop,file=" + file + ".jfr");
        for (String kind : new String[] {"cpu", "alloc"}) {
            for (String form : new String[] {"html", "collapsed"}) {
                String output = file + "-" + kind + "." + form;
                JfrToFlame.convert(
                        file + ".jfr", output, new Arguments("--" + kind, "--threads", "--total", "-o", form, output));
            }
        }
        Files.delete(Path.of(file + ".jfr"));
    }
}
