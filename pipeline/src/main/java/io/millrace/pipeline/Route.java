// SPDX-License-Identifier: Apache-2.0
package io.millrace.pipeline;

import java.util.List;

/**
 * A way from a collector to a dispatcher.
 *
 * @param transformers on the way, in order
 */
record Route(List<Component> transformers, Component dispatcher) {

    /** {@return how many transformers all of the routes begin with} */
    static int shared(List<Route> routes) {
        if (routes.isEmpty()) {
            return 0;
        }
        List<Component> first = routes.get(0).transformers();
        int shared = 0;
        while (shared < first.size() && isShared(routes, shared, first.get(shared))) {
            shared++;
        }
        return shared;
    }

    private static boolean isShared(List<Route> routes, int index, Component component) {
        return routes.stream()
                .allMatch(route -> route.transformers().size() > index
                        && route.transformers().get(index).equals(component));
    }
}
