// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.values;

/** The two forms in which values leave a record. */
enum Result {
    JAVA("Java object"),
    JSON("JSON");

    private final String title;

    Result(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }
}
