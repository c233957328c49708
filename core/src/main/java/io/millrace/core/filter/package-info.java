// SPDX-License-Identifier: Apache-2.0
/**
 * Which tables are captured. After the source has recognised the table of an event, before it decodes
 * any row of it.
 */
@NullMarked
package io.millrace.core.filter;

import org.jspecify.annotations.NullMarked;
