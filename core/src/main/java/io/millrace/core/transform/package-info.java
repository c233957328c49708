// SPDX-License-Identifier: Apache-2.0

/** What is done to records between the capture and a target: {@link io.millrace.core.transform.Transform}. */
@NullMarked
package io.millrace.core.transform;

import org.jspecify.annotations.NullMarked;
