// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The same expectations of a load, against a real replica set: {@code -Dmongo.uri=mongodb://...}. */
@EnabledIfSystemProperty(named = "mongo.uri", matches = ".+", disabledReason = "it needs a real MongoDB")
class RealLoadIT extends LoadExpectations {

    @Override
    Deployment deployment() {
        return new RealDeployment(System.getProperty("mongo.uri"));
    }
}
