// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql;

/**
 * What is done with a value of a text column whose bytes are no text in the column's character set. A server
 * refuses such values, but may hold them from before it did, or from a load that it did not check.
 */
public enum InvalidText {
    /**
     * Reading the value fails, naming table, column and byte: what happens to the record then is up to the
     * error policy of each target that reads it.
     */
    REFUSE,
    /** The value is a {@code byte[]}, and so base64 in JSON, where others of its column are text. */
    BYTES
}
