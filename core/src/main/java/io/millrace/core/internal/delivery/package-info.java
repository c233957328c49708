// SPDX-License-Identifier: Apache-2.0
/**
 * From the capture thread to the targets: {@link io.millrace.core.internal.delivery.Intake} gathers
 * changes into parcels, one {@link io.millrace.core.internal.delivery.Lane} per target makes batches
 * of them, tries again, and moves the target's position as far as everything before it was
 * acknowledged. After filter and transform, before the target and its format; what it acknowledges
 * becomes a checkpoint.
 */
@NullMarked
package io.millrace.core.internal.delivery;

import org.jspecify.annotations.NullMarked;
