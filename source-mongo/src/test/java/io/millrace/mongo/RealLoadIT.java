// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The same expectations of a load, against a real replica set: {@code -Dmongo.uri=mongodb://...}. */
@EnabledIfSystemProperty(named = "mongo.uri", matches = ".+", disabledReason = "it needs a real MongoDB")
class RealLoadIT extends LoadExpectations {

    @Override
    Deployment deployment() {
        RealDeployment deployment = new RealDeployment(System.getProperty("mongo.uri"));
        if (deployment.isSharded()) {
            deployment.close();
            Assumptions.abort("sharded clusters cannot be loaded");
        }
        return deployment;
    }
}
