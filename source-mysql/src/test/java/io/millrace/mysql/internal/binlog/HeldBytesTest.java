// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldBytesTest {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    @TempDir
    private Path directory;

    private final Random random = new Random(7);
    private HeldSpace space;

    private HeldSpace space() {
        space = new HeldSpace(directory);
        return space;
    }

    @AfterEach
    void closeSpace() {
        space.close();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private HeldBytes held(byte[] bytes) {
        HeldBytes held = new HeldBytes(space);
        int at = 0;
        while (at < bytes.length) {
            int step = Math.min(bytes.length - at, 1 + random.nextInt(50_000));
            held.write(bytes, at, step);
            at += step;
        }
        held.seal();
        return held;
    }

    private long descriptorsOfDirectory() throws IOException {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.filter(this::isOfDirectory).count();
        }
    }

    private boolean isOfDirectory(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).startsWith(directory);
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void shouldGiveBackWhatWasWritten() throws Exception {
        space();
        for (int length : new int[] {0, 1, HeldSpace.BLOCK - 1, HeldSpace.BLOCK, HeldSpace.BLOCK + 1, 5_000_000}) {
            byte[] bytes = bytes(length);
            try (HeldBytes held = held(bytes);
                    InputStream in = held.input()) {
                assertThat(in.readAllBytes()).as("%d bytes", length).isEqualTo(bytes);
                assertThat(in.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void shouldTellManyApartWhileSomeEnd() throws Exception {
        space();
        Map<HeldBytes, byte[]> waiting = new HashMap<>();
        List<HeldBytes> order = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            byte[] bytes = bytes(random.nextInt(200_000));
            HeldBytes held = held(bytes);
            waiting.put(held, bytes);
            order.add(held);
            if (order.size() > 60) {
                HeldBytes ended = order.remove(random.nextInt(order.size()));
                assertThat(ended.input().readAllBytes()).isEqualTo(waiting.remove(ended));
                ended.close();
            }
        }
        for (HeldBytes ended : order) {
            assertThat(ended.input().readAllBytes()).isEqualTo(waiting.get(ended));
            ended.close();
        }
    }

    @Test
    void shouldUseOneFileForAll() throws Exception {
        space();
        List<HeldBytes> all = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            all.add(held(bytes(300_000)));
        }
        assertThat(descriptorsOfDirectory()).isEqualTo(1);
        assertThat(directory).as("the file has no name").isEmptyDirectory();

        all.forEach(HeldBytes::close);
        assertThat(descriptorsOfDirectory()).as("nothing waits").isZero();
    }

    /** What has ended makes room for others, in memory and in the file. */
    @Test
    void shouldUseRoomAgain() throws Exception {
        space();
        held(bytes(10_000_000)).close();
        for (int i = 0; i < 100; i++) {
            held(bytes(1_000_000)).close();
        }
        assertThat(descriptorsOfDirectory()).as("all of it fits into memory").isZero();

        HeldBytes waits = held(bytes(5_000_000));
        for (int i = 0; i < 100; i++) {
            held(bytes(1_000_000)).close();
        }
        try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            Path file = descriptors.filter(this::isOfDirectory).findFirst().orElseThrow();
            assertThat(Files.size(file)).isLessThan(6_000_000);
        }
        waits.close();
    }
}
