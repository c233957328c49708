// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo.internal.bson;

/** Bytes are no BSON, or hold text that is no UTF-8. Whoever knows where they came from says so. */
public final class MalformedBsonException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedBsonException(String problem, int offset) {
        super("malformed BSON: " + problem + " at byte " + offset);
    }
}
