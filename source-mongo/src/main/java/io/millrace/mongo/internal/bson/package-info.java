// SPDX-License-Identifier: Apache-2.0
/**
 * BSON bytes as JSON. After the driver, which hands over whole events as bytes; before the formats,
 * which embed the JSON. No tree is built: {@link io.millrace.mongo.internal.bson.BsonJson} reads each
 * value where it stands and writes it at once.
 */
@NullMarked
package io.millrace.mongo.internal.bson;

import org.jspecify.annotations.NullMarked;
