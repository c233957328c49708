// SPDX-License-Identifier: Apache-2.0
/** How servers are unpacked, started and ended. */
@NullMarked
package io.millrace.testkit.internal;

import org.jspecify.annotations.NullMarked;
