// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.MySqlTransaction.Gtid;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import io.millrace.mysql.internal.binlog.EventTypes;
import io.millrace.mysql.internal.binlog.TaggedGtid;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a connection stands in the log: file and offset, and the group of events. Used by the capture thread. */
final class LogPlace {

    /** The dump command has 32 bits for the offset. */
    private static final long LAST_OFFSET = 0xffff_ffffL;

    private final boolean byGtid;
    private final Place deliverFrom;
    private final Supplier<@Nullable String> schema;

    private String file;
    /** Where the present event ends in the file. */
    private long offset;
    /** The last end of a group at which a dump can begin. */
    private Place resumable;

    // Of the group.
    private boolean inGroup;
    private boolean isBehind;
    private Place start;
    private Gtid gtid = Gtid.ANONYMOUS;
    private Gtid prepared = Gtid.ANONYMOUS;
    private long commitTimestampMicros;

    // The last answer, which is nearly always the next as well.
    private byte[] lastUuid = new byte[16];
    private String lastUuidText = "00000000-0000-0000-0000-000000000000";

    /**
     * @param deliverFrom groups that begin before it were delivered
     * @param schema tells what positions name as {@link MySqlPosition.Gtids#schema()}
     */
    LogPlace(Place readFrom, Place deliverFrom, boolean byGtid, Supplier<@Nullable String> schema) {
        this.schema = schema;
        this.byGtid = byGtid;
        this.deliverFrom = deliverFrom;
        this.file = readFrom.file();
        this.offset = readFrom.offset();
        this.resumable = readFrom;
        this.start = readFrom;
    }

    // ---- the file

    String file() {
        return file;
    }

    /** {@return where the present event ends} */
    long offset() {
        return offset;
    }

    /** {@return where the next event begins} */
    Place next() {
        return new Place(file, offset);
    }

    /** The header has the low 32 bits of the offset; files may grow beyond them. */
    void moveTo(BinlogEvent event) {
        if (event.nextPosition() == 0 || event.isArtificial()) {
            return;
        }
        long moved = offset & ~0xffff_ffffL | event.nextPosition();
        offset = moved < offset ? moved + (1L << 32) : moved;
    }

    /**
     * Another file begins. Layout of ROTATE_EVENT: the offset, 8 bytes; the file's name.
     *
     * @throws LogLostException if the file cannot be told to be a later one, and positions need that
     */
    void rotate(BinlogEvent event) {
        String next = new String(event.bytes(), 8, event.end() - 8, StandardCharsets.UTF_8);
        if (!byGtid && !BinlogFiles.haveSameBase(file, next)) {
            throw new LogLostException(
                    "the server's log goes on from %s in %s: the base name of its files, log_bin, has changed, and positions are ordered by the files' numbers. What stands before was read; to go on behind it, PipelineCheckpoints.rewind each target to MySqlPosition.file(serverUuid, \"%2$s\", 4). With GTIDs names do not matter."
                            .formatted(file, next),
                    next,
                    null);
        }
        file = next;
        offset = event.number(0, 8);
    }

    // ---- the group

    /**
     * A group begins.
     *
     * <p>Layout: MySQL's {@code control_events.h}, Gtid_event; {@link TaggedGtid} has the other one.
     *
     * @param begin where the event begins
     */
    void beginGroup(BinlogEvent event, long begin) {
        if (event.type() == EventTypes.GTID_TAGGED) {
            TaggedGtid tagged = TaggedGtid.of(event);
            gtid = new Gtid(tagged.source(), tagged.number());
            commitTimestampMicros = tagged.commitMicros();
        } else {
            long number = event.number(17, 8);
            gtid = event.type() == EventTypes.GTID ? new Gtid(uuid(event.bytes(), 1), number) : Gtid.ANONYMOUS;
            commitTimestampMicros = commitMicros(event);
        }
        start = new Place(file, begin);
        isBehind = !byGtid && start.compareTo(deliverFrom) < 0;
        inGroup = true;
    }

    private static long commitMicros(BinlogEvent event) {
        int timestamps = 42;
        if (event.end() < timestamps + 7) {
            return 0;
        }
        long immediate = event.number(timestamps, 7);
        boolean hasOriginal = (immediate & 1L << 55) != 0;
        return hasOriginal ? event.number(timestamps + 7, 7) : immediate & ~(1L << 55);
    }

    /** {@return the UUID that the 16 bytes are, as text; the same instance while it is the same} */
    private String uuid(byte[] bytes, int from) {
        if (!Arrays.equals(lastUuid, 0, 16, bytes, from, from + 16)) {
            lastUuid = Arrays.copyOfRange(bytes, from, from + 16);
            String hex = HexFormat.of().formatHex(lastUuid);
            lastUuidText = hex.substring(0, 8) + "-" + hex.substring(8, 12) + "-" + hex.substring(12, 16) + "-"
                    + hex.substring(16, 20) + "-" + hex.substring(20);
        }
        return lastUuidText;
    }

    /** The present group ends one that another had prepared. */
    void endsPrepared(Gtid of) {
        prepared = of;
    }

    void endGroup() {
        gtid = Gtid.ANONYMOUS;
        prepared = Gtid.ANONYMOUS;
        inGroup = false;
    }

    boolean inGroup() {
        return inGroup;
    }

    /** {@return whether the present group was delivered before} */
    boolean isBehind() {
        return isBehind;
    }

    Gtid gtid() {
        return gtid;
    }

    /** {@return the id of the group that began last} */
    String id() {
        return gtid.isAnonymous() ? start.file() + ":" + start.offset() : gtid.toString();
    }

    MySqlTransaction transaction(long number) {
        return new MySqlTransaction(number, id(), gtid, commitTimestampMicros, start);
    }

    /** {@return where a dump can begin that is to bring the present group} */
    Place resumable() {
        return start.offset() <= LAST_OFFSET ? start : resumable;
    }

    // ---- positions

    /** {@return whether the place between two groups is a position of its own: one by GTIDs is not} */
    boolean isPosition() {
        return !byGtid && !file.isEmpty() && (!inGroup || isBehind);
    }

    /**
     * {@return the boundary at which the present event ends}
     *
     * @param preparedFrom where the first XA transaction begins that is prepared; null if none is
     */
    MySqlBoundary boundary(@Nullable Place preparedFrom) {
        return boundary(gtid, prepared, preparedFrom);
    }

    /** {@return the same, but that it is another group that ends there} */
    MySqlBoundary boundaryOf(Gtid ended, @Nullable Place preparedFrom) {
        return boundary(ended, Gtid.ANONYMOUS, preparedFrom);
    }

    private MySqlBoundary boundary(Gtid ended, Gtid endedPrepared, @Nullable Place preparedFrom) {
        if (byGtid) {
            return new MySqlBoundary(ended, endedPrepared, file, offset, null, schema.get());
        }
        boolean isReachable = offset <= LAST_OFFSET;
        if (isReachable) {
            resumable = new Place(file, offset);
        }
        Place readFrom = preparedFrom != null ? preparedFrom : isReachable ? null : resumable;
        return new MySqlBoundary(ended, endedPrepared, file, offset, readFrom, schema.get());
    }

    /** {@return the place and the transaction, for messages} */
    @Override
    public String toString() {
        String place = file.isEmpty() ? "the start of the dump" : file + ":" + offset;
        return inGroup ? place + ", transaction " + id() : place;
    }
}
