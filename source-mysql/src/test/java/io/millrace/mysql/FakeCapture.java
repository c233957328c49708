// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import io.millrace.core.source.Boundary;
import io.millrace.core.source.Capture;
import java.util.ArrayList;
import java.util.List;

/** Keeps what a reader hands on, without a pipeline behind it. */
final class FakeCapture implements Capture {

    final List<Record> records = new ArrayList<>();
    final List<Statement> statements = new ArrayList<>();
    int begun;
    int ended;

    @Override
    public long begin(String id) {
        return ++begun;
    }

    @Override
    public boolean isSkipped(String id) {
        return false;
    }

    @Override
    public void record(Record record) {
        records.add(record);
    }

    @Override
    public void statement(Statement statement) {
        statements.add(statement);
    }

    @Override
    public void end(Boundary boundary) {
        ended++;
    }

    @Override
    public void idle(Boundary boundary) {
        // Positions are not looked at.
    }

    @Override
    public void flush() {
        // Nothing is held back.
    }

    @Override
    public void countBytes(long bytes) {
        // Figures are not looked at.
    }
}
