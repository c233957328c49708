// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.source.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Column;
import io.millrace.core.ColumnType;
import io.millrace.core.Record;
import io.millrace.core.RowImage;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import io.millrace.core.TableSchema;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.Capture;
import io.millrace.core.source.SourceReader;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** With a fake load and a fake log: a server cannot be told to break off between two rows of a piece. */
class LoadingThenLogTest {

    private static final TableSchema TABLE =
            new TableSchema(new TableId("shop", "orders"), List.of(Column.of("id", ColumnType.LONG)), List.of("id"));

    private final AtomicReference<@Nullable LoadedChunk> unfinished = new AtomicReference<>();
    private final Load load = new Load();
    private final Log log = new Log();
    private final Heard heard = new Heard();

    private LoadingThenLog connect() {
        return new LoadingThenLog("shop", load, unfinished, () -> log);
    }

    private static LoadedChunk chunk(String pass, long first, long last) {
        LoadedChunk.Rows rows = new LoadedChunk.Rows();
        for (long id = first; id <= last; id++) {
            rows.add(RowImage.of(TABLE, Map.of("id", id)), new byte[] {(byte) id});
        }
        return rows.upTo(new LoadedTo(TABLE.table(), pass, last, List.of(), List.of(Long.toString(last))));
    }

    @Test
    void shouldReadTheLogOnceAllIsLoaded() throws Exception {
        load.chunks.add(chunk("p", 1, 2));
        load.chunks.add(chunk("p", 3, 3));
        LoadingThenLog reader = connect();

        for (int i = 0; i < 4; i++) {
            reader.readNext(heard);
        }

        assertThat(heard.rows).containsExactly("READ 0 {id=1}", "READ 1 {id=2}", "READ 0 {id=3}");
        assertThat(heard.begun).hasSize(2).doesNotHaveDuplicates();
        assertThat(heard.boundaries)
                .containsExactly(
                        new LoadBoundary(chunk("p", 1, 2).end()),
                        new LoadBoundary(chunk("p", 3, 3).end()),
                        new LoadBoundary(null));
        assertThat(load.closed).as("before the log is opened").isTrue();
        assertThat(log.read).isOne();
        reader.close();
        assertThat(log.closed).isTrue();
    }

    @Test
    void shouldBeginWithThePieceThatWasInterrupted() throws Exception {
        load.chunks.add(chunk("p", 1, 2));
        load.chunks.add(chunk("p", 3, 3));
        heard.failAt = 2;
        LoadingThenLog broken = connect();
        assertThatThrownBy(() -> broken.readNext(heard)).isInstanceOf(IllegalStateException.class);

        heard.failAt = 0;
        LoadingThenLog next = connect();
        next.readNext(heard);
        next.readNext(heard);

        assertThat(heard.rows).containsExactly("READ 0 {id=1}", "READ 0 {id=1}", "READ 1 {id=2}", "READ 0 {id=3}");
        assertThat(heard.begun.get(1)).isEqualTo(heard.begun.get(0));
        assertThat(unfinished).hasNullValue();
    }

    /** Then a target that has a part of them gets the rest. */
    @Test
    void shouldNameTheSameRowsAlikeInAnotherPass() throws Exception {
        load.chunks.addAll(List.of(chunk("p", 1, 2), chunk("q", 1, 2), chunk("q", 1, 1)));
        LoadingThenLog reader = connect();

        for (int i = 0; i < 3; i++) {
            reader.readNext(heard);
        }

        assertThat(heard.begun.get(0)).isEqualTo(heard.begun.get(1)).isNotEqualTo(heard.begun.get(2));
    }

    @Test
    void shouldReadNothingOnceItIsAborted() {
        load.chunks.add(chunk("p", 1, 2));
        LoadingThenLog reader = connect();

        reader.abort();

        assertThat(load.aborted).isTrue();
        assertThatThrownBy(() -> reader.readNext(heard)).isInstanceOf(IOException.class);
        assertThat(heard.rows).isEmpty();
        reader.close();
        assertThat(load.closed).isTrue();
        assertThat(log.closed).as("it was never opened").isFalse();
    }

    @Test
    void shouldAbortALogThatIsOpenedMeanwhile() throws Exception {
        AtomicReference<LoadingThenLog> reader = new AtomicReference<>();
        reader.set(new LoadingThenLog("shop", load, unfinished, () -> {
            reader.get().abort();
            return log;
        }));

        reader.get().readNext(heard);

        assertThat(log.aborted).isTrue();
    }

    private static final class Load implements ChunkReader {

        private final Deque<LoadedChunk> chunks = new ArrayDeque<>();
        private boolean aborted;
        private boolean closed;

        @Override
        public @Nullable LoadedChunk next(Capture capture) {
            return chunks.poll();
        }

        @Override
        public void abort() {
            aborted = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Log implements SourceReader {

        private int read;
        private boolean aborted;
        private boolean closed;

        @Override
        public void readNext(Capture capture) {
            read++;
        }

        @Override
        public void abort() {
            aborted = true;
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    private static final class Heard implements Capture {

        private final List<String> begun = new ArrayList<>();
        private final List<String> rows = new ArrayList<>();
        private final List<Boundary> boundaries = new ArrayList<>();
        /** At which row it fails; 0 for none. */
        private int failAt;

        @Override
        public long begin(String id) {
            begun.add(id);
            return begun.size();
        }

        @Override
        public boolean isSkipped(String id) {
            return false;
        }

        @Override
        public void record(Record record) {
            if (rows.size() + 1 == failAt) {
                throw new IllegalStateException("told to fail");
            }
            rows.add(record.kind() + " " + record.ordinal() + " " + record.row());
        }

        @Override
        public void statement(Statement statement) {
            throw new AssertionError(statement);
        }

        @Override
        public void end(Boundary boundary) {
            boundaries.add(boundary);
        }

        @Override
        public void idle(Boundary boundary) {
            boundaries.add(boundary);
        }

        @Override
        public void flush() {}

        @Override
        public void countBytes(long bytes) {}
    }
}
