// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.millrace.core.PermanentException;
import io.millrace.core.Statement;
import io.millrace.core.TableId;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.resps.ScanResult;

/**
 * Applies to a mirror that a table was emptied or dropped: looks through the versions of all rows and deletes
 * those of the table. Not one step, but nothing is harmed when it is done again.
 */
final class MirrorClearing {

    private static final int KEYS_AT_ONCE = 1_000;

    private final RedisOptions options;
    private final Connection connection;
    private final String lineage;
    private final Supplier<Call> header;
    private final BiConsumer<Script, Call> runner;

    /**
     * @param lineage by which the target knows its own rows
     * @param header makes a call with what all scripts need first
     * @param runner runs a script and throws if it did not succeed
     */
    MirrorClearing(
            RedisOptions options,
            Connection connection,
            String lineage,
            Supplier<Call> header,
            BiConsumer<Script, Call> runner) {
        this.lineage = lineage;
        this.options = options;
        this.connection = connection;
        this.header = header;
        this.runner = runner;
    }

    void apply(Statement statement) {
        boolean empties =
                statement.kind() == Statement.Kind.TRUNCATE_TABLE || statement.kind() == Statement.Kind.DROP_TABLE;
        if (!empties) {
            throw new PermanentException(
                    "a mirror cannot apply %s at %s: %s. Leave it out by executeDdl(false), or skip its transaction and make the mirror anew."
                            .formatted(statement.kind(), statement.source(), statement.sql()),
                    null);
        }
        if (options.servers().isCluster()) {
            throw new PermanentException(
                    "a mirror in a cluster cannot apply %s at %s: its keys cannot be looked through. Delete the rows of %s, then skip the transaction."
                            .formatted(statement.kind(), statement.source(), statement.tables()),
                    null);
        }
        statement.tables().forEach(table -> clear(table, statement));
    }

    private void clear(TableId table, Statement statement) {
        ScanParams versions = new ScanParams()
                .match(MirrorWriter.versionKey("*").getBytes(UTF_8))
                .count(KEYS_AT_ONCE);
        byte[] cursor = ScanParams.SCAN_POINTER_START_BINARY;
        do {
            byte[] from = cursor;
            ScanResult<byte[]> found = connection.ask(redis -> redis.scan(from, versions));
            if (!found.getResult().isEmpty()) {
                clear(found.getResult(), table, statement);
            }
            cursor = found.getCursorAsBytes();
        } while (!Arrays.equals(cursor, ScanParams.SCAN_POINTER_START_BINARY));
    }

    private void clear(List<byte[]> versionKeys, TableId table, Statement statement) {
        int prefix = MirrorWriter.versionKey("").length();
        Call call = header.get();
        for (byte[] versionKey : versionKeys) {
            String text = new String(versionKey, UTF_8);
            call.pair(text.substring(prefix), text, statement);
        }
        call.add(lineage)
                .add(MirrorWriter.name(table))
                .add(statement.source().transaction().number())
                .add(Sequence.of(statement))
                .add(options.tombstoneTtl().toMillis());
        runner.accept(Script.CLEAR, call);
    }
}
