// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.bson.BsonArray;
import org.bson.BsonDocument;
import org.bson.RawBsonDocument;
import org.bson.codecs.BsonDocumentCodec;
import org.jspecify.annotations.Nullable;

/** Commands and replies as MongoDB's wire protocol frames them. One connection, one thread. */
final class MongoWire {

    private static final int HEADER_BYTES = 16;
    private static final int OP_REPLY = 1;
    private static final int OP_QUERY = 2004;
    private static final int OP_MSG = 2013;
    private static final int CHECKSUM_PRESENT = 1;
    private static final int MORE_TO_COME = 2;

    /**
     * A command.
     *
     * @param id what the reply refers to
     * @param body the command, with the documents of its sequences as arrays in it
     * @param isQuery whether it came as OP_QUERY, as the first of a connection does
     * @param wantsReply false for what is sent off and forgotten
     */
    record Command(int id, BsonDocument body, boolean isQuery, boolean wantsReply) {

        String name() {
            return body.getFirstKey();
        }
    }

    private final DataInputStream in;
    private final OutputStream out;
    private int replies;

    MongoWire(InputStream in, OutputStream out) {
        this.in = new DataInputStream(in);
        this.out = out;
    }

    /** {@return the next command; null if the other side has ended the connection} */
    @Nullable Command read() throws IOException {
        byte[] header = new byte[HEADER_BYTES];
        try {
            in.readFully(header);
        } catch (EOFException e) {
            return null;
        }
        ByteBuffer head = littleEndian(header);
        byte[] bytes = new byte[head.getInt() - HEADER_BYTES];
        in.readFully(bytes);
        int id = head.getInt();
        int opCode = head.getInt(12);
        return switch (opCode) {
            case OP_QUERY -> query(id, bytes);
            case OP_MSG -> message(id, bytes);
            default -> throw new IOException("opcode " + opCode);
        };
    }

    /** Layout: flags, 4 bytes; the collection's name; documents to skip and to return, 4 bytes each; the query. */
    private static Command query(int id, byte[] bytes) {
        int at = Integer.BYTES;
        while (bytes[at] != 0) {
            at++;
        }
        return new Command(id, document(bytes, at + 1 + 2 * Integer.BYTES), true, true);
    }

    /** Layout: flags, 4 bytes; sections of kind 0, a document, and of kind 1, a name and documents. */
    private static Command message(int id, byte[] bytes) {
        ByteBuffer in = littleEndian(bytes);
        int flags = in.getInt();
        int end = bytes.length - ((flags & CHECKSUM_PRESENT) != 0 ? Integer.BYTES : 0);
        BsonDocument body = new BsonDocument();
        while (in.position() < end) {
            if (in.get() == 0) {
                BsonDocument section = document(bytes, in.position());
                in.position(in.position() + in.getInt(in.position()));
                section.putAll(body);
                body = section;
            } else {
                sequence(bytes, in, body);
            }
        }
        return new Command(id, body, false, (flags & MORE_TO_COME) == 0);
    }

    private static void sequence(byte[] bytes, ByteBuffer in, BsonDocument into) {
        int end = in.position() + in.getInt(in.position());
        int at = in.position() + Integer.BYTES;
        int name = at;
        while (bytes[at] != 0) {
            at++;
        }
        BsonArray documents = new BsonArray();
        into.put(new String(bytes, name, at - name, StandardCharsets.UTF_8), documents);
        for (at++; at < end; at += in.getInt(at)) {
            documents.add(document(bytes, at));
        }
        in.position(end);
    }

    private static BsonDocument document(byte[] bytes, int at) {
        int length = littleEndian(bytes).getInt(at);
        return new RawBsonDocument(bytes, at, length).decode(new BsonDocumentCodec());
    }

    void reply(Command to, BsonDocument body) throws IOException {
        ByteBuffer document = MongoReplies.encoded(body).getByteBuffer().asNIO();
        int fields = to.isQuery() ? 20 : 5;
        ByteBuffer message = ByteBuffer.allocate(HEADER_BYTES + fields).order(ByteOrder.LITTLE_ENDIAN);
        message.putInt(message.capacity() + document.remaining())
                .putInt(++replies)
                .putInt(to.id())
                .putInt(to.isQuery() ? OP_REPLY : OP_MSG);
        if (to.isQuery()) {
            message.putInt(0).putLong(0).putInt(0).putInt(1);
        } else {
            message.putInt(0).put((byte) 0);
        }
        out.write(message.array());
        out.write(document.array(), document.arrayOffset() + document.position(), document.remaining());
        out.flush();
    }

    private static ByteBuffer littleEndian(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
