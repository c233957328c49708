// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

/** The expectations of a load, against a fake: it finds documents by {@code _id} in the order of the manual. */
class ScriptedLoadTest extends LoadExpectations {

    @Override
    Deployment deployment() {
        return new ScriptedDeployment(false);
    }
}
