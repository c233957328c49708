// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Record;
import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The kit accepts a target that keeps to the contract and finds those that do not. */
class TargetKitTest {

    @Nested
    class AGoodTarget extends TargetKit {

        private final List<Stored> stored = Collections.synchronizedList(new ArrayList<>());

        @Override
        protected Target target(TargetOptions options) {
            return new Storing(options, stored);
        }

        @Override
        protected List<Stored> stored() {
            return List.copyOf(stored);
        }
    }

    @Nested
    class ATargetThatFailsNowAndThen extends TargetKit {

        private final List<Stored> stored = Collections.synchronizedList(new ArrayList<>());
        private int calls;

        @Override
        protected Target target(TargetOptions options) {
            return new Storing(options, stored) {
                @Override
                protected void save(List<Record> records) throws IOException {
                    if (++calls % 3 == 0) {
                        throw new IOException("not now");
                    }
                    super.save(records);
                }
            };
        }

        @Override
        protected List<Stored> stored() {
            return List.copyOf(stored);
        }
    }

    @Test
    void shouldFindATargetThatLosesTheLastRecordOfABatch() {
        Wrong kit = new Wrong() {
            @Override
            List<Record> spoilt(List<Record> records) {
                return records.subList(0, records.size() - 1);
            }
        };

        assertThatThrownBy(kit::shouldStoreEveryChangeInTheOrderOfItsKey).isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldFindATargetThatStoresInAnotherOrder() {
        Wrong kit = new Wrong() {
            @Override
            List<Record> spoilt(List<Record> records) {
                List<Record> reversed = new ArrayList<>(records);
                Collections.reverse(reversed);
                return reversed;
            }
        };

        assertThatThrownBy(kit::shouldStoreEveryChangeInTheOrderOfItsKey).isInstanceOf(AssertionError.class);
    }

    @Test
    void shouldFindATargetThatForgets() {
        Wrong kit = new Wrong() {
            @Override
            protected Target target(TargetOptions options) {
                stored.clear();
                return super.target(options);
            }
        };

        assertThatThrownBy(kit::shouldRepeatNothingAfterAnOrderlyStop).isInstanceOf(AssertionError.class);
    }

    private static class Storing extends Target {

        private final List<TargetKit.Stored> stored;

        Storing(TargetOptions options, List<TargetKit.Stored> stored) {
            super(options);
            this.stored = stored;
        }

        @Override
        protected void save(List<Record> records) throws IOException {
            for (Record record : records) {
                stored.add(new TargetKit.Stored(
                        Objects.requireNonNull(record.row().getLong("id")),
                        Objects.requireNonNull(record.row().getLong("version"))));
            }
        }
    }

    /** A target that spoils what it stores. */
    private abstract static class Wrong extends TargetKit {

        final List<Stored> stored = Collections.synchronizedList(new ArrayList<>());

        List<Record> spoilt(List<Record> records) {
            return records;
        }

        @Override
        protected Target target(TargetOptions options) {
            return new Storing(options, stored) {
                @Override
                protected void save(List<Record> records) throws IOException {
                    super.save(spoilt(records));
                }
            };
        }

        @Override
        protected List<Stored> stored() {
            return List.copyOf(stored);
        }
    }
}
