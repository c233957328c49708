// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.kit;

import java.util.List;

/** The kit over {@link MemoryStorage}. */
abstract class MemoryTargetKit extends TargetKit {

    final MemoryStorage storage = new MemoryStorage();

    @Override
    protected List<String> stored() {
        return storage.stored();
    }

    @Override
    protected boolean breakStorage() {
        storage.failSoon();
        return true;
    }

    @Override
    protected void healStorage() {
        storage.heal();
    }
}
