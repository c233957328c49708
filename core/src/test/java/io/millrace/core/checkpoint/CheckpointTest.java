// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.core.checkpoint.Checkpoint.OpenTransaction;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {

    @Test
    void shouldReadBackWhatItWrote() {
        Checkpoint checkpoint = new Checkpoint(
                "mysql",
                "{\"gtids\":\"a:1-5\",\"offset\":9223372036854775807,\"deep\":{\"ä\":[1,null]}}",
                Long.MAX_VALUE,
                new OpenTransaction("a:\"6\"", Long.MAX_VALUE),
                4,
                3,
                Set.of("search", "cache"));

        assertThat(Checkpoint.parse(checkpoint.toJson())).isEqualTo(checkpoint);
        assertThat(checkpoint.toJson()).doesNotContain("\n");
    }

    @Test
    void shouldReadBackWithoutAnOpenTransaction() {
        Checkpoint checkpoint = new Checkpoint("mysql", "{}", 0, null, 1);

        assertThat(checkpoint.toJson())
                .isEqualTo("{\"format\":1,\"source\":\"mysql\",\"position\":{},\"transaction\":0,\"epoch\":1,"
                        + "\"numbering\":1,\"targets\":[]}");
        assertThat(Checkpoint.parse(checkpoint.toJson())).isEqualTo(checkpoint);
    }

    @Test
    void shouldReadBackThatItWasReset() {
        Checkpoint checkpoint = new Checkpoint("mysql", null, 7, null, 2, 0, Set.of("orders"));

        assertThat(checkpoint.toJson()).contains("\"position\":null");
        assertThat(Checkpoint.parse(checkpoint.toJson())).isEqualTo(checkpoint);
    }

    @Test
    void shouldWriteTheTargetsInOrder() {
        Checkpoint checkpoint = new Checkpoint("mysql", "{}", 7, null, 2, 1, Set.of("d", "b", "c", "a"));

        assertThat(checkpoint.toJson()).endsWith("\"targets\":[\"a\",\"b\",\"c\",\"d\"]}");
    }

    @Test
    void shouldRefuseANewerFormat() {
        assertThatThrownBy(() -> Checkpoint.parse("{\"format\":2,\"anything\":\"else\"}"))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContainingAll("format 2", "up to 1", "run the version that wrote it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{}",
                "not JSON",
                "{'format':0,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1.5,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'position':{},'transaction':1,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':7,'position':{},'transaction':1,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':'{}','transaction':1,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1.5,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':92233720368547758070,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':'1','numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'open':7,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'open':{},'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'open':{'id':'a'},'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'open':{'ordinal':1},'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1,'targets':[]} and more",
                "{'format':1,'source':'s','transaction':1,'epoch':1,'numbering':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':null,'targets':[]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1,'targets':{}}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1,'targets':[7]}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1,'targets':['a','a']}",
                "{'format':1,'source':'s','position':{},'transaction':1,'epoch':1,'numbering':1,'targets':[]"
            })
    void shouldRefuseWhatIsDamaged(String text) {
        assertThatThrownBy(() -> Checkpoint.parse(text.replace('\'', '"')))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("damaged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "7", "\"text\"", "[]", "{", "{} {}"})
    void shouldNotWriteAPositionThatItWouldNotReadBack(String position) {
        assertThatThrownBy(() -> new Checkpoint("mysql", position, 1, null, 1).toJson())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(position);
    }
}
