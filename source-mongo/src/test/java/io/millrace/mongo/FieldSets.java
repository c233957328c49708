// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Change;
import io.millrace.core.Record;
import io.millrace.core.format.JsonBuffer;
import io.millrace.core.format.NativeJson;
import io.millrace.core.format.PerSchema;
import io.millrace.core.format.TableFormat;
import io.millrace.mongo.internal.bson.BsonFixture;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A process with little heap that makes rows of events of which each has fields that no other has, lets them wait as
 * for a target that is behind, up to some megabytes as they count themselves, and encodes them.
 */
final class FieldSets {

    private static final long MOST_WAITING = 8 << 20;
    private static final int FIELDS = 20;

    private FieldSets() {}

    /** {@return what the process printed} */
    static String run(String heap, int count, boolean wholeEvents) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + heap,
                        "-XX:+UseSerialGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-cp",
                        System.getProperty("java.class.path"),
                        FieldSets.class.getName(),
                        Integer.toString(count),
                        Boolean.toString(wholeEvents)))
                .redirectErrorStream(true)
                .start();
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } finally {
            process.destroyForcibly();
        }
    }

    public static void main(String[] arguments) {
        int count = Integer.parseInt(arguments[0]);
        boolean wholeEvents = Boolean.parseBoolean(arguments[1]);
        EventMapper mapper = new EventMapper("people", JsonForm.PLAIN, wholeEvents);
        PerSchema<TableFormat> formats = new PerSchema<>(NativeJson.INSTANCE::forTable);
        JsonBuffer out = new JsonBuffer();
        Deque<Change> waiting = new ArrayDeque<>();
        long bytes = 0;
        int encoded = 0;
        for (int i = 0; i < count || !waiting.isEmpty(); i++) {
            if (i < count) {
                Change change = mapper.map(event(i, wholeEvents), new MongoTransaction(i, "82" + i, null, 0), 0);
                waiting.add(change);
                bytes += change.sizeBytes();
            }
            if (bytes > MOST_WAITING || i >= count) {
                Record next = (Record) waiting.remove();
                bytes -= next.sizeBytes();
                out.clear();
                formats.get(next.schema()).write(next, out);
                encoded++;
            }
        }
        System.out.println(encoded);
    }

    private static ChangeEvent event(int number, boolean wholeEvents) {
        String fields = IntStream.range(0, FIELDS)
                .mapToObj(i -> "'user " + number + " field " + i + "': " + i)
                .collect(Collectors.joining(", "));
        String document = wholeEvents ? fields : "'fullDocument': {'_id': " + number + ", " + fields + "}";
        return new ChangeEvent(
                BsonFixture.bytes("{'_id': {'_data': '82AB'}, 'clusterTime': {'$timestamp': {'t': 1733114951, 'i': 3}},"
                        + " 'ns': {'db': 'test', 'coll': 'people'}, 'documentKey': {'_id': 7}, 'operationType':"
                        + " 'insert', " + document + "}"),
                "here");
    }
}
