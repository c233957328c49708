// SPDX-License-Identifier: Apache-2.0
/**
 * Captures changes of documents from the change streams of MongoDB. Construct or extend
 * {@link io.millrace.mongo.MongoStreamProcessor}; its options are {@link io.millrace.mongo.MongoOptions}.
 *
 * <p>What holds: a restart goes on behind the last event that all targets have acknowledged, by its resume token, and
 * never in the middle of an event or, where the server has not lost it, of a transaction. A token that the server
 * cannot go on from, and one of a stream that was asked for otherwise, end the run.
 *
 * <p>Within: {@code internal.bson} makes JSON of BSON bytes.
 */
@NullMarked
package io.millrace.mongo;

import org.jspecify.annotations.NullMarked;
