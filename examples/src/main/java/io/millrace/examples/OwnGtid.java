// SPDX-License-Identifier: Apache-2.0
package io.millrace.examples;

import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.protocol.ServerSessionStateController;
import com.mysql.cj.protocol.ServerSessionStateController.ServerSessionStateChanges;
import com.mysql.cj.protocol.ServerSessionStateController.SessionStateChange;
import io.millrace.mysql.MySqlPosition;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Which transaction a connection has just committed, as the server's answer to the commit told it: no
 * query is needed. The connection's URL must say
 * {@code trackSessionState=true&sessionVariables=session_track_gtids=OWN_GTID}.
 */
final class OwnGtid {

    private OwnGtid() {}

    /**
     * {@return where the transaction is that the connection's last statement committed}
     *
     * @throws SQLException if the server told no GTID
     */
    static MySqlPosition committedBy(Connection connection) throws SQLException {
        @Nullable ServerSessionStateChanges changes = connection
                .unwrap(JdbcConnection.class)
                .getServerSessionStateController()
                .getSessionStateChanges();
        if (changes != null) {
            for (SessionStateChange change : changes.getSessionStateChangesList()) {
                if (change.getType() == ServerSessionStateController.SESSION_TRACK_GTIDS) {
                    return MySqlPosition.gtids(change.getValues().get(0));
                }
            }
        }
        throw new SQLException("the server told no GTID: does the URL ask for it, and did the last statement commit?");
    }
}
