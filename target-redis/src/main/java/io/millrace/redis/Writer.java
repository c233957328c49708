// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;

/** How changes become requests. Used by the lane's thread. */
interface Writer {

    /**
     * {@return what stores the batch and its checkpoint}
     *
     * @param lineage by which the target knows what it has written itself
     * @param call has what all scripts need
     */
    Request write(Batch batch, String lineage, Call call) throws Exception;

    /** Forgets what it took for stored: the last requests may have failed. */
    default void forget() {}
}
