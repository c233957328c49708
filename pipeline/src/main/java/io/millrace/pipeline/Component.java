// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.List;

/**
 * A component as the file describes it.
 *
 * @param destinations where it leads to, as written
 */
record Component(Kind kind, String id, String type, Yaml.Mapping mapping, List<Destination> destinations) {

    /**
     * Where a component leads to.
     *
     * @param id of another component
     * @param place where it is written
     */
    record Destination(String id, Place place) {}

    /** Two components are never the same, whatever they hold. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    /** {@return the id, in quotes} */
    @Override
    public String toString() {
        return "'" + id + "'";
    }
}
