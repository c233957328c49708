// SPDX-License-Identifier: Apache-2.0
/** x */
@org.jspecify.annotations.NullMarked
package io.millrace.core.filter;
