// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What messages show of values that are not to be shown. */
class HiddenValuesTest {

    /** {@return what is shown of a message about a file} */
    private static String shown(String yaml, Map<String, String> environment, String message) {
        FileFindings findings = new FileFindings();
        new YamlReader(findings, new References(environment, findings)).read(yaml);
        findings.add(Place.START, message);
        return findings.exception("file").findings().get(0).problem();
    }

    @Test
    void shouldHideSecretsThatAreWrittenInTheFile() {
        assertThat(shown("password: hunter22", Map.of(), "no login with hunter22!"))
                .isEqualTo("no login with ***!");
        assertThat(shown("password: ${PW:hunter22}", Map.of(), "no login with hunter22"))
                .isEqualTo("no login with ***");
        assertThat(shown("user: hunter22", Map.of(), "no login of hunter22")).isEqualTo("no login of hunter22");
    }

    @Test
    void shouldShowWhereSecretsComeFrom() {
        assertThat(shown("password: ${PW}", Map.of("PW", "hunter22"), "no login with hunter22"))
                .isEqualTo("no login with ${PW}");
        assertThat(shown("password: 'x${PW}'", Map.of("PW", "hunter22"), "no login with xhunter22"))
                .isEqualTo("no login with ***");
    }

    @Test
    void shouldHideShortSecretsWhereTheyAreWords() {
        assertThat(shown("password: abc", Map.of(), "abc is wrong: 'abc'; the alphabet is abcd"))
                .isEqualTo("*** is wrong: '***'; the alphabet is abcd");
        assertThat(shown("password: ${PW}", Map.of("PW", "7"), "no login with 7, port 3307"))
                .isEqualTo("no login with ***, port 3307");
    }

    @Test
    void shouldNotTakeShortValuesForSecrets() {
        assertThat(shown("port: ${PORT}", Map.of("PORT", "1"), "must be 1 to 65535"))
                .isEqualTo("must be 1 to 65535");
        assertThat(shown("password: ''", Map.of(), "must not be empty")).isEqualTo("must not be empty");
    }

    @Test
    void shouldHideTheLongestFirst() {
        Map<String, String> environment = Map.of("A", "part", "B", "part-and-more");

        assertThat(shown("[\"${A}\", \"${B}\"]", environment, "no part-and-more"))
                .isEqualTo("no ${B}");
    }
}
