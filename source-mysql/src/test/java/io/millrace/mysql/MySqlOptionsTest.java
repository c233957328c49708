// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.Finding;
import io.millrace.core.InvalidOptionsException;
import io.millrace.core.PipelineOptions;
import io.millrace.core.checkpoint.InMemoryCheckpointStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MySqlOptionsTest {

    private final PipelineOptions pipeline = PipelineOptions.builder("orders")
            .checkpoints(new InMemoryCheckpointStore())
            .build();

    @Test
    void shouldReportEverythingThatIsWrongAtOnce() {
        assertThatThrownBy(() -> MySqlOptions.builder().port(0).build())
                .isInstanceOfSatisfying(
                        InvalidOptionsException.class,
                        e -> assertThat(e.findings())
                                .extracting(Finding::setting)
                                .containsExactlyInAnyOrder("port", "user", "startFrom", "pipeline"));
    }

    @Test
    void shouldDeriveTheServerIdFromThePipeline() {
        MySqlOptions one = builder().pipeline(pipeline).build();
        MySqlOptions same = builder().pipeline(pipeline).build();
        MySqlOptions other = builder()
                .pipeline(PipelineOptions.builder("others")
                        .checkpoints(new InMemoryCheckpointStore())
                        .build())
                .build();

        assertThat(one.serverId()).isEqualTo(same.serverId()).isNotEqualTo(other.serverId());
        assertThat(one.serverId()).isBetween(1_000_000_000L, 4_294_967_295L);
    }

    @Test
    void shouldNotShowThePassword() {
        assertThat(builder().pipeline(pipeline).password("geheim").build().toString())
                .contains("reader@localhost:3306")
                .doesNotContain("geheim");
    }

    @Test
    void shouldRefuseAStoreThatIsNotThere() {
        assertThatThrownBy(() -> TlsOptions.builder(TlsOptions.Mode.VERIFY_CA)
                        .trustStore(Path.of("no-such-file.p12"), "secret")
                        .build())
                .isInstanceOf(InvalidOptionsException.class)
                .hasMessageContaining("no-such-file.p12")
                .hasMessageNotContaining("secret");
    }

    private static MySqlOptions.Builder builder() {
        return MySqlOptions.builder().user("reader").startFrom(StartFrom.latest());
    }
}
