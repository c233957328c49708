// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

/**
 * Where something is in a file.
 *
 * @param line from 1
 * @param column from 1
 * @param path keys and indexes that lead there, such as {@code collectors[0].port}; empty for the whole file
 */
record Place(int line, int column, String path) {

    static final Place START = new Place(1, 1, "");
}
