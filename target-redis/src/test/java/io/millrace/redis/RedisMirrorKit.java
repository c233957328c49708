// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import java.util.List;

/** What both forms of a mirror have in common in the kit. */
abstract class RedisMirrorKit extends RedisTargetKit {

    @Override
    protected boolean isMirror() {
        return true;
    }

    @Override
    String keys() {
        return super.keys() + ":%{/record/id}";
    }

    /** {@return what the key of a row that is there is called} */
    String key(Object table, Object id) {
        return prefix + ":" + table + ":" + id;
    }

    /** DDL is refused. What TRUNCATE does, the rows tell. */
    @Override
    protected List<String> appliedStatements() {
        return null;
    }
}
