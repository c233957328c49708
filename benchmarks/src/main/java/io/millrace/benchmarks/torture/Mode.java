// SPDX-License-Identifier: Apache-2.0
package io.millrace.benchmarks.torture;

/** What the pipeline promises, and is held to. */
enum Mode {
    EXACTLY_ONCE,
    AT_LEAST_ONCE
}
