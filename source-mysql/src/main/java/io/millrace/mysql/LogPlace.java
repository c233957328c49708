// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.LogLostException;
import io.millrace.mysql.MySqlPosition.Place;
import io.millrace.mysql.MySqlTransaction.Gtid;
import io.millrace.mysql.internal.binlog.BinlogEvent;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a connection stands in the log: file and offset, and the group of events. Used by the capture thread. */
final class LogPlace {

    /** The dump command has 32 bits for the offset. */
    private static final long LAST_OFFSET = 0xffff_ffffL;

    private static final Place UNKNOWN = new Place("", 4);

    private final boolean byGtid;
    /** Only where MariaDB's GTIDs are the position. */
    private final @Nullable DomainPlace domains;

    private final Place deliverFrom;
    private final Supplier<@Nullable String> schema;

    private String file;
    /** Where the present event ends in the file. */
    private long offset;
    /** Bytes that were read behind it, of events that do not tell where they end. */
    private long unplaced;
    /** The last end of a group at which a dump can begin. */
    private Place resumable;

    // Of the group.
    private boolean inGroup;
    private boolean isBehind;
    private Place start;
    private Gtid gtid = Gtid.ANONYMOUS;
    private Gtid prepared = Gtid.ANONYMOUS;
    private long commitTimestampMicros;

    private LogPlace(
            Place readFrom,
            Place deliverFrom,
            boolean byGtid,
            @Nullable DomainPlace domains,
            Supplier<@Nullable String> schema) {
        this.byGtid = byGtid;
        this.domains = domains;
        this.schema = schema;
        this.deliverFrom = deliverFrom;
        this.file = readFrom.file();
        this.offset = readFrom.offset();
        this.resumable = readFrom;
        this.start = readFrom;
    }

    /**
     * @param deliverFrom groups that begin before it were delivered
     * @param schema tells what positions name as {@link MySqlPosition.Gtids#schema()}
     */
    static LogPlace ofFile(Place readFrom, Place deliverFrom, Supplier<@Nullable String> schema) {
        return new LogPlace(readFrom, deliverFrom, false, null, schema);
    }

    /**
     * {@return the place of a dump that brings only what is to be delivered, wherever it stands}
     *
     * @param schema see {@link #ofFile}
     */
    static LogPlace ofGtids(Supplier<@Nullable String> schema) {
        return new LogPlace(UNKNOWN, UNKNOWN, true, null, schema);
    }

    /**
     * {@return the place where MariaDB's GTIDs are the position} It names no state of the tables: on another server
     * domains stand in the log in another order.
     */
    static LogPlace ofGtids(DomainPlace domains) {
        return new LogPlace(UNKNOWN, UNKNOWN, true, domains, () -> null);
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

    /**
     * The header has the low 32 bits of the offset; files may grow beyond them. Within a transaction MariaDB's
     * events have none.
     */
    void moveTo(BinlogEvent event) {
        if (event.isArtificial()) {
            return;
        }
        if (event.nextPosition() == 0) {
            unplaced += inGroup && !event.isNested() ? event.size() : 0;
            return;
        }
        long least = offset + unplaced;
        long moved = least & ~0xffff_ffffL | event.nextPosition();
        offset = moved < least ? moved + (1L << 32) : moved;
        unplaced = 0;
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
        unplaced = 0;
    }

    // ---- the group

    /**
     * A group begins.
     *
     * @param begin where its first event begins
     */
    void beginGroup(GroupStart group, long begin) {
        gtid = group.gtid();
        commitTimestampMicros = group.commitTimestampMicros();
        start = new Place(file, begin);
        inGroup = true;
        if (domains != null) {
            domains.begin(gtid, toString());
            isBehind = domains.wasDelivered(gtid);
        } else {
            isBehind = !byGtid && start.compareTo(deliverFrom) < 0;
        }
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
    DumpStart resumable() {
        if (domains != null) {
            return new DumpStart.Behind(domains.beforeGroup());
        }
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
    MySqlBoundary boundary(@Nullable DumpStart preparedFrom) {
        return boundary(gtid, prepared, preparedFrom);
    }

    /** {@return the same, but that it is another group that ends there} */
    MySqlBoundary boundaryOf(Gtid ended, @Nullable DumpStart preparedFrom) {
        return boundary(ended, Gtid.ANONYMOUS, preparedFrom);
    }

    private MySqlBoundary boundary(Gtid ended, Gtid endedPrepared, @Nullable DumpStart preparedFrom) {
        if (byGtid) {
            DumpStart readFrom = domains == null ? null : preparedFrom;
            return new MySqlBoundary(ended, endedPrepared, file, offset, readFrom, schema.get());
        }
        boolean isReachable = offset <= LAST_OFFSET;
        if (isReachable) {
            resumable = new Place(file, offset);
        }
        DumpStart readFrom = preparedFrom != null ? preparedFrom : isReachable ? null : resumable;
        return new MySqlBoundary(ended, endedPrepared, file, offset, readFrom, schema.get());
    }

    /** {@return the place and the transaction, for messages} */
    @Override
    public String toString() {
        String place = file.isEmpty() ? "the start of the dump" : file + ":" + offset;
        return inGroup ? place + ", transaction " + id() : place;
    }
}
