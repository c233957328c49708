// SPDX-License-Identifier: Apache-2.0
package io.millrace.core;

/**
 * The header of the native log event that a change came from, for targets that hand it on as it is.
 * Implementations are immutable or make their JSON the same way each time, from any thread.
 */
public interface NativeHeader {

    /** {@return the name under which targets hand the header on, such as {@code mysql_binlog_headers}} */
    String name();

    /** {@return the header as a JSON object in UTF-8} */
    byte[] json();

    /** {@return id of the server that first logged the event; 0 where the source has no such thing} */
    default long serverId() {
        return 0;
    }
}
