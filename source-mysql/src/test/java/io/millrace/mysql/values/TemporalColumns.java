// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Columns of dates and times, among them dates that no calendar has. */
final class TemporalColumns {

    private static final List<String> DATES = List.of(
            "0000-00-00",
            "0000-01-01",
            "0000-00-01",
            "2020-00-10",
            "2020-02-00",
            "2020-02-31",
            "2023-02-29",
            "2024-02-29",
            "1000-01-01",
            "1582-10-10",
            "1970-01-01",
            "9999-12-31");

    private static final List<String> CLOCKS = List.of(
            "00:00:00", "00:00:00.000001", "00:00:00.5", "03:04:05.000010", "12:34:56.123456", "23:59:58.999999");

    private static final List<String> TIMES = List.of(
            "00:00:00",
            "-00:00:00.000001",
            "-00:00:00.5",
            "-00:00:00.01",
            "-00:00:01",
            "-00:00:01.999999",
            "-00:59:59.1",
            "-01:00:00",
            "-255:59:59.99",
            "-256:00:00",
            "24:00:00",
            "99:59:59",
            "100:00:00",
            "838:59:59",
            "-838:59:59",
            "838:59:58.999999",
            "-838:59:58.000001");

    private static final List<String> TIMESTAMPS = List.of(
            "0",
            "FROM_UNIXTIME(0)",
            "FROM_UNIXTIME(0.5)",
            "FROM_UNIXTIME(1)",
            "FROM_UNIXTIME(1.000001)",
            "FROM_UNIXTIME(2147483647)",
            "FROM_UNIXTIME(2147483646.999999)",
            "FROM_UNIXTIME(1711846800.5)",
            "FROM_UNIXTIME(1729990800)");

    private TemporalColumns() {}

    static List<ColumnUnderTest> make() {
        List<ColumnUnderTest> columns = new ArrayList<>();
        columns.add(ColumnUnderTest.temporal(ValueType.DATE, 0, quoted(DATES), r -> "'" + date(r) + "'"));
        List<String> moments = new ArrayList<>();
        for (String date : DATES) {
            for (String clock : CLOCKS) {
                moments.add(date + " " + clock);
            }
        }
        for (int digits = 0; digits <= 6; digits++) {
            columns.add(ColumnUnderTest.temporal(
                    ValueType.DATETIME,
                    digits,
                    quoted(moments.subList(digits * 6, digits * 6 + 24)),
                    r -> "'" + date(r) + " " + clock(r, 24) + "'"));
            columns.add(ColumnUnderTest.temporal(ValueType.TIMESTAMP, digits, TIMESTAMPS, TemporalColumns::timestamp));
            columns.add(ColumnUnderTest.temporal(
                    ValueType.TIME,
                    digits,
                    quoted(TIMES),
                    r -> "'" + (r.nextBoolean() ? "-" : "") + clock(r, r.nextBoolean() ? 24 : 838) + "'"));
        }
        return columns;
    }

    private static List<String> quoted(List<String> texts) {
        return texts.stream().map(text -> "'" + text + "'").toList();
    }

    private static String date(Random random) {
        return "%04d-%02d-%02d".formatted(random.nextInt(10_000), random.nextInt(13), random.nextInt(32));
    }

    private static String clock(Random random, int hours) {
        return "%02d:%02d:%02d.%06d"
                .formatted(random.nextInt(hours), random.nextInt(60), random.nextInt(60), random.nextInt(1_000_000));
    }

    private static String timestamp(Random random) {
        return "FROM_UNIXTIME(%d.%06d)".formatted(random.nextInt(Integer.MAX_VALUE), random.nextInt(1_000_000));
    }
}
