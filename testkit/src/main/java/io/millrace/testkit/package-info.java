// SPDX-License-Identifier: Apache-2.0
/**
 * Real servers for tests and examples, and a proxy that disturbs the way to them: for the library's
 * own tests and for yours. Contract kits for targets and checkpoint stores are in
 * {@code io.millrace.testkit.kit}.
 */
@NullMarked
package io.millrace.testkit;

import org.jspecify.annotations.NullMarked;
