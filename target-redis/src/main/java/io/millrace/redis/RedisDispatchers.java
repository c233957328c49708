// SPDX-License-Identifier: Apache-2.0
package io.millrace.redis;

import io.millrace.core.Target;
import io.millrace.core.TargetOptions;
import io.millrace.core.component.DispatcherProvider;
import io.millrace.core.component.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/**
 * Names this target in files: {@code Redis}, with {@code uris} and the keys of {@link RedisOptions.Builder}, and
 * {@code RedisDispatcher}, with {@code mode}, {@code host}, {@code port}, {@code auth} and
 * {@code database_number} and the defaults of wasm-log-flex.
 */
public final class RedisDispatchers implements DispatcherProvider {

    private static final String LOG_FLEX = "RedisDispatcher";

    /** How wasm-log-flex calls what is done with a change. */
    private enum Mode {
        LPUSH(RedisCommand.LPUSH, "key"),
        RPUSH(RedisCommand.RPUSH, "key"),
        PUB(RedisCommand.PUBLISH, "channel"),
        XADD(RedisCommand.XADD, "key");

        private final RedisCommand command;
        private final String name;

        Mode(RedisCommand command, String name) {
            this.command = command;
            this.name = name;
        }
    }

    /** For {@link java.util.ServiceLoader}. */
    public RedisDispatchers() {}

    @Override
    public List<String> types() {
        return List.of("Redis", LOG_FLEX);
    }

    @Override
    public Target dispatcher(Settings settings, TargetOptions target) {
        settings.blame("uri", "uris");
        RedisOptions.Builder builder = settings.type().equals(LOG_FLEX)
                ? asLogFlex(settings)
                : RedisOptions.builder(settings.list("uris", String.class).toArray(String[]::new));
        return new RedisTarget(settings.bind(builder.target(target)).build());
    }

    private static RedisOptions.Builder asLogFlex(Settings settings) {
        settings.blame("uri", "host");
        RedisOptions.Builder builder = RedisOptions.builder(uri(settings));
        Settings mode = settings.nested("mode");
        if (mode == null) {
            return builder.command(RedisCommand.RPUSH).key("wlf");
        }
        for (String key : List.of("key", "command")) {
            if (settings.has(key)) {
                settings.refuse(key, "is said by the mode; leave one of them out");
            }
        }
        Mode type = mode.get("type", Mode.class);
        if (type == null) {
            mode.refuse("type", "is required: LPush, RPush, Pub or XADD");
            type = Mode.RPUSH;
        }
        String template = mode.get(type.name, String.class);
        if (template == null) {
            mode.refuse(type.name, "is required: a template that names the " + type.name);
            template = "wlf";
        }
        settings.blame("key", "mode");
        return builder.command(type.command).key(template);
    }

    private static String uri(Settings settings) {
        String auth = settings.get("auth", String.class);
        int port = settings.get("port", Integer.class, 6379);
        int database = settings.get("database_number", Integer.class, 0);
        String host = settings.get("host", String.class, "localhost");
        if (port < 1 || port > 65_535) {
            settings.refuse("port", "must be from 1 to 65535");
        }
        try {
            return new URI("redis", auth == null ? null : ":" + auth, host, port, "/" + database, null, null)
                    .toString();
        } catch (URISyntaxException e) {
            settings.refuse("host", "must be the name or address of a host");
            return "redis://localhost";
        }
    }
}
