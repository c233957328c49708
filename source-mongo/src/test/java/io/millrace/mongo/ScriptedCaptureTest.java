// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

/** The expectations, against a fake: events in the shapes of the manual, not a server's. */
class ScriptedCaptureTest extends CaptureExpectations {

    @Override
    Deployment deployment(boolean watchesCollection) {
        return new ScriptedDeployment(watchesCollection);
    }
}
