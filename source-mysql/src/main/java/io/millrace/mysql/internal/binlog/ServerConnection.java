// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.binlog;

import com.github.shyiko.mysql.binlog.network.AuthenticationException;
import com.github.shyiko.mysql.binlog.network.Authenticator;
import com.github.shyiko.mysql.binlog.network.ClientCapabilities;
import com.github.shyiko.mysql.binlog.network.protocol.GreetingPacket;
import com.github.shyiko.mysql.binlog.network.protocol.PacketChannel;
import com.github.shyiko.mysql.binlog.network.protocol.command.Command;
import com.github.shyiko.mysql.binlog.network.protocol.command.DumpBinaryLogCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.DumpBinaryLogGtidCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.QueryCommand;
import com.github.shyiko.mysql.binlog.network.protocol.command.SSLRequestCommand;
import io.millrace.core.PermanentException;
import io.millrace.mysql.MySqlOptions;
import io.millrace.mysql.TlsOptions;
import io.millrace.mysql.internal.row.ServerFamily;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection to a MySQL server: log in, ask, and then dump the binlog. The login and the commands
 * are the wire library's; bytes are read through a {@link PacketReader} of our own. Not thread-safe,
 * but for {@link #abort()}.
 */
public final class ServerConnection implements AutoCloseable {

    /*
     * An abandoned connection is closed by a reset: nothing is written to it and TLS is not shut down
     * in order, since both can block while the server's bytes fill the buffers on the way.
     */
    private static final int NULL = 0xfb;
    private static final int EOF = 0xfe;
    static final int ERROR = 0xff;

    private final MySqlOptions options;
    private final Socket socket = new Socket();
    private @Nullable PacketChannel channel;
    private @Nullable PacketReader in;
    private ServerFamily family = ServerFamily.MYSQL;

    public ServerConnection(MySqlOptions options) {
        this.options = options;
    }

    /**
     * Connects and logs in.
     *
     * @throws IOException if the server cannot be reached; the message names it
     * @throws PermanentException if it refuses the user, or TLS as demanded cannot be had
     */
    public void open() throws IOException {
        try {
            int timeout = Math.toIntExact(options.connectTimeout().toMillis());
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            socket.connect(new InetSocketAddress(options.host(), options.port()), timeout);
            socket.setSoTimeout(timeout);
            logIn();
            family = variables("gtid_domain_id").isEmpty() ? ServerFamily.MYSQL : ServerFamily.MARIADB;
        } catch (AuthenticationException e) {
            if (e.getErrorCode() == 0) {
                // Not the server's answer, but what the client does not know.
                throw new PermanentException(
                        "login at %s failed: %s. ALTER USER '%s'@'<host>' IDENTIFIED WITH caching_sha2_password (or, before MySQL 8.0, mysql_native_password) BY '<password>'"
                                .formatted(server(), e.getMessage(), options.user()),
                        e);
            }
            throw new ServerError(e.getErrorCode(), String.valueOf(e.getMessage())).asFailure("login at " + server());
        } catch (SSLException e) {
            throw refusedCertificate(e);
        } catch (UnknownHostException e) {
            throw new IOException("host " + options.host() + " is not known; check MySqlOptions.host", e);
        } catch (ConnectException e) {
            throw new IOException(
                    "nothing answers at " + server() + " (" + e.getMessage()
                            + "); is MySQL running, and are host and port right?",
                    e);
        } catch (SocketTimeoutException e) {
            throw new IOException(server() + " did not answer within " + options.connectTimeout(), e);
        }
    }

    /** A certificate that is not accepted will not be accepted next time either; all else may pass. */
    private IOException refusedCertificate(SSLException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException || cause instanceof CertPathValidatorException) {
                throw new PermanentException(
                        "the certificate of %s is not accepted (%s): %s. Check the trust store, and the host's name in the certificate."
                                .formatted(server(), options.tls(), cause.getMessage()),
                        failure);
            }
        }
        return new IOException("TLS with " + server() + " failed: " + failure.getMessage(), failure);
    }

    /** {@return which of the two answered; a server may be told to say any version, so it is asked what it can} */
    public ServerFamily family() {
        return family;
    }

    private String server() {
        return options.host() + ":" + options.port();
    }

    private void logIn() throws IOException {
        PacketChannel opened = new PacketChannel(socket);
        byte[] first = opened.read();
        if ((first[0] & 0xff) == ERROR) {
            throw ServerError.of(ServerError.withoutMarker(first)).asFailure("connecting to " + server());
        }
        GreetingPacket greeting = new GreetingPacket(first);
        InputStream bytes = socket.getInputStream();
        if (wantsTls(greeting)) {
            SSLRequestCommand request = new SSLRequestCommand();
            request.setCollation(greeting.getServerCollation());
            opened.write(request);
            TlsSockets tls = new TlsSockets(options.tls(), options.host());
            opened.upgradeToSSL(tls, null);
            bytes = tls.input();
        }
        new Authenticator(greeting, opened, null, options.user(), options.password()).authenticate();
        opened.authenticationComplete();
        channel = opened;
        in = new PacketReader(bytes);
    }

    private boolean wantsTls(GreetingPacket greeting) {
        boolean offered = (greeting.getServerCapabilities() & ClientCapabilities.SSL) != 0;
        TlsOptions.Mode mode = options.tls().mode();
        if (!offered && mode.compareTo(TlsOptions.Mode.REQUIRED) >= 0) {
            throw new PermanentException(
                    "%s offers no TLS, but TlsOptions demand %s. Set the server up for TLS, or ask for less."
                            .formatted(server(), mode),
                    null);
        }
        return offered && mode != TlsOptions.Mode.DISABLED;
    }

    /** Lets the server take longer for each answer than for the connection. */
    public void waitUpTo(Duration time) throws IOException {
        socket.setSoTimeout(Math.toIntExact(time.toMillis()));
    }

    /** Runs a statement that returns no rows. */
    public void execute(String sql) throws IOException {
        send(new QueryCommand(sql));
        PacketReader reader = reader();
        reader.nextMessage();
        if (reader.read() == ERROR) {
            throw ServerError.of(reader.readRest()).asFailure(sql);
        }
    }

    /**
     * Runs a query of few rows.
     *
     * @return the rows' values as text, null for SQL null
     * @throws io.millrace.core.MillraceException if the server refuses it
     */
    public List<@Nullable String[]> query(String sql) throws IOException {
        send(new QueryCommand(sql));
        byte[] first = message();
        if ((first[0] & 0xff) == ERROR) {
            throw ServerError.of(ServerError.withoutMarker(first)).asFailure(sql);
        }
        List<@Nullable String[]> rows = new ArrayList<>();
        if (first[0] == 0) {
            return rows;
        }
        while (!isEnd(message())) {
            // Column definitions: the caller knows what it asked for.
        }
        for (byte[] row = message(); !isEnd(row); row = message()) {
            if ((row[0] & 0xff) == ERROR) {
                throw ServerError.of(ServerError.withoutMarker(row)).asFailure(sql);
            }
            rows.add(values(row));
        }
        return rows;
    }

    /**
     * Runs a query of many rows, whose values come as bytes, text in the charset of its column.
     *
     * @throws io.millrace.core.MillraceException if the server refuses it
     */
    public ResultRows select(String sql) throws IOException {
        send(new QueryCommand(sql));
        byte[] first = message();
        if ((first[0] & 0xff) == ERROR) {
            throw ServerError.of(ServerError.withoutMarker(first)).asFailure(sql);
        }
        while (!isEnd(message())) {
            // Column definitions: the caller knows what it asked for.
        }
        return new ResultRows(this, sql);
    }

    /** The library's reader of rows knows no null. Layout: a length-encoded string per column, 0xfb for null. */
    static @Nullable String[] values(byte[] row) throws IOException {
        List<@Nullable String> values = new ArrayList<>();
        ByteArrayInputStream in = new ByteArrayInputStream(row);
        while (in.available() > 0) {
            int first = in.read();
            values.add(first == NULL ? null : new String(row(in, first), StandardCharsets.UTF_8));
        }
        return values.toArray(new @Nullable String[0]);
    }

    private static byte[] row(ByteArrayInputStream in, int first) throws IOException {
        int width = first < NULL ? 0 : first == 0xfc ? 2 : first == 0xfd ? 3 : 8;
        long length = width == 0 ? first : 0;
        for (int i = 0; i < width; i++) {
            length |= (long) in.read() << 8 * i;
        }
        if (length < 0 || length > in.available()) {
            throw new IOException("a row of a result is cut off: a value of " + length + " bytes, of which "
                    + in.available() + " are there");
        }
        return in.readNBytes((int) length);
    }

    /** {@return a variable that holds GTIDs} SHOW VARIABLES would cut it off at 1,024 characters. */
    public String gtids(String variable) throws IOException {
        String set = query("SELECT @@GLOBAL." + variable).get(0)[0];
        return set == null ? "" : set;
    }

    /** {@return the server's version, such as {@code 8.0.31} or {@code 11.4.5-MariaDB}} */
    public String version() throws IOException {
        return Objects.requireNonNullElse(query("SELECT VERSION()").get(0)[0], "");
    }

    /** {@return values of the server's variables by lower-case name; those it does not know are missing} */
    public Map<String, String> variables(String... names) throws IOException {
        String list = List.of(names).stream().map(name -> "'" + name + "'").collect(Collectors.joining(","));
        Map<String, String> values = new HashMap<>();
        for (@Nullable String[] row : query("SHOW GLOBAL VARIABLES WHERE Variable_name IN (" + list + ")")) {
            values.put(Objects.requireNonNull(row[0]).toLowerCase(Locale.ROOT), Objects.requireNonNullElse(row[1], ""));
        }
        return values;
    }

    private byte[] message() throws IOException {
        return message(Long.MAX_VALUE);
    }

    byte[] message(long mostBytes) throws IOException {
        PacketReader reader = reader();
        reader.nextMessage();
        return reader.readRest(mostBytes);
    }

    static boolean isEnd(byte[] message) {
        return (message[0] & 0xff) == EOF && message.length < 9;
    }

    /** Dumps everything that is not in the set; from MariaDB, what follows the GTIDs in their domains. */
    public BinlogStream dumpAfter(String gtids) throws IOException {
        if (family == ServerFamily.MARIADB) {
            return dumpBehind(gtids);
        }
        // With a file name beside the set a server begins at that file and skips what lies before it.
        return dump(new DumpBinaryLogGtidCommand(
                options.serverId(), "", 4, new com.github.shyiko.mysql.binlog.GtidSet(gtids)));
    }

    /**
     * Statements: MariaDB's documentation, "5-Replica Registration". In strict mode the server refuses GTIDs that it
     * does not have, rather than to go on behind the next ones.
     */
    private BinlogStream dumpBehind(String gtids) throws IOException {
        execute("SET @slave_connect_state='" + gtids + "', @slave_gtid_strict_mode=1, @slave_gtid_ignore_duplicates=0");
        return dump(new DumpBinaryLogCommand(options.serverId(), "", 4));
    }

    /** Dumps from an offset of a file; the protocol has 32 bits for it. */
    public BinlogStream dumpFrom(String file, long offset) throws IOException {
        return dump(new DumpBinaryLogCommand(options.serverId(), file, offset));
    }

    private BinlogStream dump(Command command) throws IOException {
        String checksum = variables("binlog_checksum").getOrDefault("binlog_checksum", "NONE");
        long heartbeatNanos = options.heartbeat().toNanos();
        long writeTimeout = Math.max(60, 3 * options.pipeline().pauseAfter().toSeconds());
        // Servers before 8.0.26 know only the first name of each pair, those after 8.4 may drop it.
        execute("SET @master_binlog_checksum='" + checksum + "', @source_binlog_checksum='" + checksum
                + "', @master_heartbeat_period=" + heartbeatNanos + ", @source_heartbeat_period=" + heartbeatNanos
                + ", SESSION net_write_timeout=" + writeTimeout);
        if (family == ServerFamily.MARIADB) {
            // That of a replica that knows GTIDs: no event is replaced by a comment.
            execute("SET @mariadb_slave_capability=4");
        }
        send(command);
        socket.setSoTimeout(Math.toIntExact(3 * options.heartbeat().toMillis()));
        return new BinlogStream(
                reader(), !checksum.equalsIgnoreCase("NONE"), options.pipeline().spillDirectory());
    }

    private void send(Command command) throws IOException {
        Objects.requireNonNull(channel, "not open").write(command);
    }

    private PacketReader reader() {
        return Objects.requireNonNull(in, "not open");
    }

    /** Resets the connection, from any thread. */
    public void abort() {
        try {
            socket.setSoLinger(true, 0);
        } catch (SocketException e) {
            // It is closed already.
        }
        close();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // A socket that cannot be closed is closed all the same.
        }
    }
}
