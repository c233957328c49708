// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Batch;

/** How changes become calls of a script. Used by the lane's thread. */
interface Writer {

    Script script();

    /** Adds what the script needs besides the checkpoint. */
    void write(Batch batch, Call call) throws Exception;
}
