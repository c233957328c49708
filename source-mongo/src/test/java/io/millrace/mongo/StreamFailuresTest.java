// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.mongodb.MongoChangeStreamException;
import com.mongodb.MongoCommandException;
import com.mongodb.MongoCredential;
import com.mongodb.MongoException;
import com.mongodb.MongoIncompatibleDriverException;
import com.mongodb.MongoInterruptedException;
import com.mongodb.MongoNodeIsRecoveringException;
import com.mongodb.MongoSecurityException;
import com.mongodb.MongoSocketReadException;
import com.mongodb.MongoTimeoutException;
import com.mongodb.ServerAddress;
import com.mongodb.connection.ClusterConnectionMode;
import com.mongodb.connection.ClusterDescription;
import com.mongodb.connection.ClusterType;
import io.millrace.core.LogLostException;
import io.millrace.core.PermanentException;
import java.io.IOException;
import java.util.List;
import javax.security.sasl.SaslException;
import org.bson.BsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamFailuresTest {

    private static final ServerAddress SERVER = new ServerAddress("one");
    private static final ClusterDescription SERVERS =
            new ClusterDescription(ClusterConnectionMode.MULTIPLE, ClusterType.REPLICA_SET, List.of());
    private static final MongoPosition PLACE = MongoPosition.token("{\"_data\": \"82AB\"}");

    private static MongoException command(int code, String label) {
        return new MongoCommandException(
                BsonDocument.parse("{ok: 0, code: " + code + ", codeName: 'Name', errmsg: 'text', errorLabels: ['"
                        + label + "']}"),
                SERVER);
    }

    /** As the driver wraps whatever goes wrong while it logs in. */
    private static MongoException login(Throwable cause) {
        return new MongoSecurityException(
                MongoCredential.createCredential("u", "admin", new char[0]), "Exception authenticating", cause);
    }

    static List<MongoException> passing() {
        return List.of(
                login(new MongoSocketReadException("reset", SERVER)),
                login(new MongoNodeIsRecoveringException(
                        BsonDocument.parse("{ok: 0, code: 11600, errmsg: 'text'}"), SERVER)),
                login(command(211, "other")),
                command(134, "other"),
                new MongoSocketReadException("reset", SERVER),
                new MongoTimeoutException("no server"),
                command(11_602, "other"),
                command(43, "other"),
                command(99_999, "ResumableChangeStreamError"),
                command(99_999, "RetryableError"));
    }

    @ParameterizedTest
    @MethodSource("passing")
    void shouldTryAgainAfterWhatPasses(MongoException failure) {
        IOException again = StreamFailures.of(failure, PLACE);

        assertThat(again).hasCause(failure);
    }

    static List<MongoException> refused() {
        return List.of(
                new MongoSecurityException(
                        MongoCredential.createCredential("u", "admin", new char[0]), "wrong password"),
                login(command(18, "other")),
                login(new SaslException("the server does not know the password")),
                new MongoIncompatibleDriverException("too old", SERVERS),
                new MongoChangeStreamException("the resume token is missing"),
                command(13, "other"),
                command(40_324, "other"));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void shouldNotTryAgainWhereItWouldFailAgain(MongoException failure) {
        assertThatThrownBy(() -> StreamFailures.of(failure, PLACE))
                .isInstanceOf(PermanentException.class)
                .hasMessageContaining("82AB")
                .hasCause(failure);
    }

    @ParameterizedTest
    @ValueSource(ints = {136, 222, 260, 280, 286})
    void shouldSayThatTheLogIsLostWhateverItsLabels(int code) {
        assertThatThrownBy(() -> StreamFailures.of(command(code, "ResumableChangeStreamError"), PLACE))
                .isInstanceOfSatisfying(
                        LogLostException.class, e -> assertThat(e.missing()).contains("82AB"));
    }

    @Test
    void shouldKeepTheThreadInterrupted() {
        IOException again = StreamFailures.of(new MongoInterruptedException("stop", new InterruptedException()), PLACE);

        assertThat(again).isNotNull();
        assertThat(Thread.interrupted()).isTrue();
    }
}
