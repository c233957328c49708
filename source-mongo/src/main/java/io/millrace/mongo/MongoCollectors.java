// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.core.PipelineOptions;
import io.millrace.core.component.Collector;
import io.millrace.core.component.CollectorProvider;
import io.millrace.core.component.Settings;
import java.util.ArrayList;
import java.util.List;
import org.bson.BSONException;
import org.bson.BsonDocument;
import org.bson.json.JsonParseException;

/** Names this source in files: {@code MongoDb}, with the keys of {@link MongoOptions.Builder}. */
public final class MongoCollectors implements CollectorProvider {

    private static final String STAGES = "pipeline_stages";

    /** For {@link java.util.ServiceLoader}. */
    public MongoCollectors() {}

    @Override
    public List<String> types() {
        return List.of("MongoDb");
    }

    @Override
    public Collector collector(Settings settings, PipelineOptions pipeline) {
        MongoOptions.Builder builder = MongoOptions.builder().pipeline(pipeline).pipelineStages(stages(settings));
        MongoOptions options = settings.bind(builder).build();
        return targets -> new MongoStreamProcessor(options, targets);
    }

    /** Stages are written as the server has them, in YAML or as JSON. */
    private static List<BsonDocument> stages(Settings settings) {
        List<BsonDocument> stages = new ArrayList<>();
        JsonNode written = settings.json(STAGES);
        if (written != null && !written.isArray()) {
            settings.refuse(STAGES, "must be a list of stages");
        } else if (written != null) {
            for (JsonNode stage : written) {
                try {
                    stages.add(BsonDocument.parse(stage.isTextual() ? stage.textValue() : stage.toString()));
                } catch (JsonParseException | BSONException e) {
                    settings.refuse(STAGES, "must hold stages such as {$match: {operationType: insert}}");
                }
            }
        }
        return stages;
    }
}
