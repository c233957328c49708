// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Position;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.PositionTracker;
import io.millrace.core.source.Transaction;
import io.millrace.mysql.MySqlPosition.Place;

/** A file and an offset that move on. */
final class FileTracker implements PositionTracker {

    private MySqlPosition.File at;

    FileTracker(MySqlPosition.File from) {
        this.at = from;
    }

    @Override
    public boolean includes(Transaction transaction) {
        MySqlTransaction of = (MySqlTransaction) transaction;
        int files = BinlogFiles.compare(of.file(), at.file());
        return files < 0 || (files == 0 && of.offset() < at.offset());
    }

    @Override
    public boolean includes(Position other) {
        return at.includes(other);
    }

    @Override
    public boolean advance(Boundary boundary) {
        MySqlBoundary end = (MySqlBoundary) boundary;
        Place readFrom = end.readFrom() instanceof Place place ? place : null;
        MySqlPosition.File moved =
                new MySqlPosition.File(at.serverUuid(), end.file(), end.offset(), readFrom, end.schema());
        if (moved.compareTo(at) <= 0) {
            return false;
        }
        at = moved;
        return true;
    }

    @Override
    public Position position() {
        return at;
    }
}
