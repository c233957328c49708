// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

/**
 * Runs scripts in the order in which they are sent; answers come in the same order. A script that follows one
 * that failed does nothing, since it expects the other's checkpoint. Failures are those of the client. Used by
 * one thread.
 */
interface ScriptRunner extends AutoCloseable {

    /** {@return how many scripts may be sent before an answer is taken} */
    int mostUnanswered();

    void send(Script script, Call call);

    /** {@return the answer to the first script that has not got its answer yet} */
    String receive();

    @Override
    void close();
}
