// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

/** Lists within lists: too many are a finding, never the end of the stack. */
class DeepFilesTest {

    private static InvalidPipelineException refusal(String yaml) {
        return catchThrowableOfType(
                InvalidPipelineException.class, () -> PipelineFile.reader().parse(yaml, "deep.yaml"));
    }

    @Test
    void shouldRefuseTooManyLevelsWhereTheyBegin() {
        for (int levels : new int[] {51, 100_000}) {
            assertThat(refusal("- " + "[".repeat(levels - 1) + "]".repeat(levels - 1))
                            .findings())
                    .containsExactly(new PipelineFinding(
                            1, 52, "", "must not hold lists and mappings within more than 50 others"));
        }
    }

    @Test
    void shouldReadAsManyLevelsAsThatAndCountOnlyThoseWithinEachOther() {
        String deepest = "[".repeat(49) + "]".repeat(49);

        assertThat(refusal("- " + deepest + "\n- " + deepest).findings())
                .allSatisfy(finding -> assertThat(finding.problem()).doesNotContain("50"));
    }
}
