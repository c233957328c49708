// SPDX-License-Identifier: Apache-2.0
/**
 * What is captured. Tables are chosen after the source has recognised the table of an event, before it
 * decodes any row of it; events and columns before anybody sees a row.
 */
@NullMarked
package io.millrace.core.filter;

import org.jspecify.annotations.NullMarked;
