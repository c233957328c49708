// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;

/** How changes become calls of a script. Used by the lane's thread. */
interface Writer {

    Script script();

    /**
     * Adds what the script needs besides the checkpoint.
     *
     * @param lineage by which the target knows what it has written itself
     */
    void write(Batch batch, String lineage, Call call) throws Exception;
}
