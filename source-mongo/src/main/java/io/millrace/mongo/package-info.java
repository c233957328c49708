// SPDX-License-Identifier: Apache-2.0
/**
 * Captures changes of documents from the change streams of MongoDB.
 *
 * <p>Within: {@code internal.bson} makes JSON of BSON bytes.
 */
@NullMarked
package io.millrace.mongo;

import org.jspecify.annotations.NullMarked;
