// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The same expectations, against a real replica set or sharded cluster: {@code -Dmongo.uri=mongodb://...}. */
@EnabledIfSystemProperty(named = "mongo.uri", matches = ".+", disabledReason = "it needs a real MongoDB")
class RealCaptureIT extends CaptureExpectations {

    @Override
    Deployment deployment(boolean watchesCollection) {
        return new RealDeployment(System.getProperty("mongo.uri"));
    }
}
