// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Change;
import io.millrace.core.ChangeRejectedException;
import org.jspecify.annotations.Nullable;

/**
 * One change cannot be stored in Redis, and will not when it is tried again, while others can: its key holds
 * something else, a template names what it lacks, or the row is not whole.
 */
public final class RedisDeliveryException extends ChangeRejectedException {

    private static final long serialVersionUID = 1L;

    RedisDeliveryException(Change change, String message, @Nullable Throwable cause) {
        super(change, message, cause);
    }
}
