// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes as MariaDB 11.4.5 logged them. */
class CompressedValueTest {

    /** 200 times the letter a. */
    private static final String COMPRESSED = "89c84b4c1c1e0000";

    private static byte[] read(String hex) {
        byte[] bytes = HexFormat.of().parseHex("ffff" + hex);
        return CompressedValue.read(bytes, 2, bytes.length - 2);
    }

    @Test
    void shouldReadWhatTheServerLogged() {
        assertThat(new String(read(COMPRESSED))).isEqualTo("a".repeat(200));
        assertThat(new String(read("8a012c4b4a1a05c40200"))).isEqualTo("b".repeat(300));
        assertThat(new String(read("0078"))).isEqualTo("x");
        assertThat(read("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "19c84b4c1c1e0000, another method",
        "88c84b4c1c1e0000, no length",
        "8d000000c84b4c1c1e0000, a length of five bytes",
        "81c84b4c1c1e0000, with the header of zlib that is not there",
        "89c74b4c1c1e0000, longer than it tells",
        "89c94b4c1c1e0000, shorter than it tells",
        "89c84b4c1c, cut off",
        "89, cut off in the length",
        "8c7fffffff4b4c1c1e0000, more than zlib can do"
    })
    void shouldRefuseWhatIsDamaged(String hex, String how) {
        assertThatThrownBy(() -> read(hex)).as(how).isInstanceOf(MalformedValueException.class);
    }
}
