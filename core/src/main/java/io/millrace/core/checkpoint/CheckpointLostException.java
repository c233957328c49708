// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.checkpoint;

/** A checkpoint was expected and is not there: starting anew would leave a gap or repeat everything. */
public final class CheckpointLostException extends CheckpointException {

    private static final long serialVersionUID = 1L;

    public CheckpointLostException(String message) {
        super(message, null);
    }
}
