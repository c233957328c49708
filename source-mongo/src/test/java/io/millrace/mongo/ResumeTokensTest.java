// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.core.checkpoint.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResumeTokensTest {

    private final List<String> told = new ArrayList<>();
    private final ResumeTokens tokens = new ResumeTokens(
            List.of("a", "b"), token -> told.add(token.getString("_data").getValue()));

    private void stored(String target, String token) {
        String position = MongoPosition.token("{\"_data\": \"" + token + "\"}").toJson();
        tokens.onCheckpoint(target, new Checkpoint("mongodb", position, 1, null, 1));
    }

    @Test
    void shouldTellTheLowestTokenOfAllTargetsEachTimeItMovesOn() {
        stored("a", "82A1");
        stored("a", "82A3");
        stored("b", "82A2");
        stored("b", "82A2");
        stored("a", "82A4");
        stored("b", "82A5");

        assertThat(told).containsExactly("82A2", "82A4");
    }

    @Test
    void shouldNotWaitForATargetThatWasDetached() {
        stored("a", "82A1");
        stored("b", "82A1");
        stored("a", "82A5");
        tokens.onTargetDetached("b", new IllegalStateException("gone"));
        assertThat(told).containsExactly("82A1", "82A5");
        stored("a", "82A7");

        assertThat(told).containsExactly("82A1", "82A5", "82A7");
    }

    @Test
    void shouldNotTellOfATimeWithoutAToken() {
        String time = "{\"operation_time\":{\"t\":5,\"i\":1}}";
        tokens.onCheckpoint("a", new Checkpoint("mongodb", time, 0, null, 1));
        tokens.onCheckpoint("b", new Checkpoint("mongodb", null, 0, null, 1));
        tokens.onCheckpoint("b", new Checkpoint("mongodb", time, 0, null, 1));

        assertThat(told).isEmpty();
    }
}
