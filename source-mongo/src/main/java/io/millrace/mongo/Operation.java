// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

import io.millrace.core.Record;
import io.millrace.core.Statement;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What an event's {@code operationType} means: a change of a document, or a statement. */
enum Operation {
    INSERT("insert", Record.Kind.INSERT),
    UPDATE("update", Record.Kind.UPDATE),
    REPLACE("replace", Record.Kind.UPDATE),
    DELETE("delete", Record.Kind.DELETE),
    CREATE("create", Statement.Kind.CREATE_TABLE),
    MODIFY("modify", Statement.Kind.ALTER_TABLE),
    RENAME("rename", Statement.Kind.RENAME_TABLE),
    DROP("drop", Statement.Kind.DROP_TABLE),
    DROP_DATABASE("dropDatabase", Statement.Kind.DROP_DATABASE),
    CREATE_INDEXES("createIndexes", Statement.Kind.CREATE_INDEX),
    DROP_INDEXES("dropIndexes", Statement.Kind.DROP_INDEX),
    START_INDEX_BUILD("startIndexBuild", Statement.Kind.OTHER),
    ABORT_INDEX_BUILD("abortIndexBuild", Statement.Kind.OTHER),
    SHARD_COLLECTION("shardCollection", Statement.Kind.ALTER_TABLE),
    REFINE_SHARD_KEY("refineCollectionShardKey", Statement.Kind.ALTER_TABLE),
    RESHARD_COLLECTION("reshardCollection", Statement.Kind.ALTER_TABLE),
    /** Comes without being asked for, from each shard that gives documents away. */
    RESHARD_BEGIN("reshardBegin", Statement.Kind.OTHER),
    RESHARD_DONE_CATCH_UP("reshardDoneCatchUp", Statement.Kind.OTHER),
    END_OF_TRANSACTION("endOfTransaction", Statement.Kind.OTHER),
    /** No event: a document that was there before. */
    READ(LoadedDocuments.OPERATION, Record.Kind.READ),
    /** The stream ends here, since what it watches is gone; it goes on in a new one. */
    INVALIDATE("invalidate", Statement.Kind.OTHER),
    /** One that this version does not know: it may change data, so targets must not pass over it. */
    UNKNOWN("", Statement.Kind.OTHER);

    private static final Map<String, Operation> BY_TYPE = Arrays.stream(values())
            .filter(of -> of != READ)
            .collect(Collectors.toMap(of -> of.type, Function.identity()));

    private final String type;
    private final Record.@Nullable Kind record;
    private final Statement.@Nullable Kind statement;

    Operation(String type, Record.Kind record) {
        this.type = type;
        this.record = record;
        this.statement = null;
    }

    Operation(String type, Statement.Kind statement) {
        this.type = type;
        this.record = null;
        this.statement = statement;
    }

    static Operation of(String type) {
        return BY_TYPE.getOrDefault(type, UNKNOWN);
    }

    /** {@return what happened to the document; null if the event is of no document} */
    Record.@Nullable Kind record() {
        return record;
    }

    /** {@return what was stated; null if the event is of a document} */
    Statement.@Nullable Kind statement() {
        return statement;
    }
}
