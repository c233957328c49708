// SPDX-License-Identifier: Apache-2.0
/** Changes as bytes, for those that wait on disk: beside a lane's queue, on the way from capture to target. */
@NullMarked
package io.millrace.core.internal.spill;

import org.jspecify.annotations.NullMarked;
