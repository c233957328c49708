// SPDX-License-Identifier: Apache-2.0
package io.millrace.mysql.internal.row;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value to which the differences of a partial update are applied. Used by one thread.
 *
 * <p>Sources: MySQL's {@code json_binary.h} (the format of values), {@code json_diff.cc}
 * (Json_diff_vector::read_binary, apply_json_diffs) and {@code json_path.cc} (how paths are written).
 */
final class JsonDocument {

    private static final int SMALL_OBJECT = 0;
    private static final int LARGE_OBJECT = 1;
    private static final int SMALL_ARRAY = 2;
    private static final int LARGE_ARRAY = 3;
    private static final int STRING = 12;
    private static final int OPAQUE = 15;

    private static final int REPLACE = 0;
    private static final int INSERT = 1;
    private static final int REMOVE = 2;

    /** The server refuses documents deeper than 100. */
    private static final int MAX_DEPTH = 200;

    /** The server's order of keys, and so the one in which it prints them. */
    private static final Comparator<byte[]> KEYS =
            Comparator.<byte[]>comparingInt(key -> key.length).thenComparing(Arrays::compareUnsigned);

    private static final ObjectMapper QUOTED = new ObjectMapper();

    /** What is in a document. */
    private sealed interface Node permits Members, Elements, Scalar {}

    private record Members(TreeMap<byte[], Node> map) implements Node {}

    private record Elements(List<Node> list) implements Node {}

    /** A value without others in it, as it stands behind its type byte. */
    private record Scalar(int type, byte[] value) implements Node {}

    /** One step of a path: a member's key, or an element's index. */
    private record Leg(byte @Nullable [] key, int index) {}

    private Node root;

    /** @throws MalformedValueException if this is no JSON value */
    JsonDocument(byte[] bytes, int offset, int length) {
        this.root = new Parser(bytes, offset, offset + length).document();
    }

    // ---- differences

    /**
     * Applies the differences, one after the other.
     *
     * @throws MalformedValueException if they are damaged, or are not of this value
     */
    void apply(byte[] bytes, int offset, int length) {
        try {
            EventReader in = new EventReader(bytes, offset, offset + length);
            while (in.remaining() > 0) {
                int operation = in.u8();
                int pathLength = in.packed();
                String path = in.name(pathLength);
                Node value = null;
                if (operation != REMOVE) {
                    int valueLength = in.packed();
                    int start = in.skip(valueLength);
                    value = new Parser(bytes, start, start + valueLength).document();
                }
                apply(operation, path, value);
            }
        } catch (MalformedRowException e) {
            throw new MalformedValueException("a JSON difference: " + e.getMessage());
        }
    }

    private void apply(int operation, String path, @Nullable Node value) {
        List<Leg> legs = legs(path);
        if (legs.isEmpty()) {
            if (operation != REPLACE || value == null) {
                throw misfit(operation, path);
            }
            root = value;
            return;
        }
        Node parent = root;
        for (Leg leg : legs.subList(0, legs.size() - 1)) {
            parent = child(parent, leg, path);
        }
        Leg last = legs.get(legs.size() - 1);
        boolean fits = switch (operation) {
            case REPLACE -> value != null && replace(parent, last, value);
            case INSERT -> value != null && insert(parent, last, value);
            case REMOVE -> remove(parent, last);
            default -> throw new MalformedValueException("a JSON difference of kind " + operation);
        };
        if (!fits) {
            throw misfit(operation, path);
        }
    }

    private static Node child(Node parent, Leg leg, String path) {
        Node child = null;
        if (parent instanceof Members members && leg.key != null) {
            child = members.map.get(leg.key);
        } else if (parent instanceof Elements elements && leg.key == null && leg.index < elements.list.size()) {
            child = elements.list.get(leg.index);
        }
        if (child == null) {
            throw new MalformedValueException("a JSON difference at " + path + ", where there is no value");
        }
        return child;
    }

    private static boolean replace(Node parent, Leg leg, Node value) {
        if (parent instanceof Members members && leg.key != null) {
            return members.map.replace(leg.key, value) != null;
        }
        if (parent instanceof Elements elements && leg.key == null && leg.index < elements.list.size()) {
            elements.list.set(leg.index, value);
            return true;
        }
        return false;
    }

    private static boolean insert(Node parent, Leg leg, Node value) {
        if (parent instanceof Members members && leg.key != null) {
            return members.map.putIfAbsent(leg.key, value) == null;
        }
        if (parent instanceof Elements elements && leg.key == null) {
            elements.list.add(Math.min(leg.index, elements.list.size()), value);
            return true;
        }
        return false;
    }

    private static boolean remove(Node parent, Leg leg) {
        if (parent instanceof Members members && leg.key != null) {
            return members.map.remove(leg.key) != null;
        }
        if (parent instanceof Elements elements && leg.key == null && leg.index < elements.list.size()) {
            elements.list.remove(leg.index);
            return true;
        }
        return false;
    }

    private static MalformedValueException misfit(int operation, String path) {
        return new MalformedValueException("a JSON difference (%s) that does not fit the value at %s"
                .formatted(operation == REPLACE ? "replace" : operation == INSERT ? "insert" : "remove", path));
    }

    /** A path such as {@code $.name."quoted name"[3]}. */
    private static List<Leg> legs(String path) {
        List<Leg> legs = new ArrayList<>();
        int at = 1;
        if (!path.startsWith("$")) {
            throw noPath(path);
        }
        while (at < path.length()) {
            int end;
            if (path.charAt(at) == '[') {
                end = path.indexOf(']', at) + 1;
                legs.add(new Leg(null, index(path, at + 1, end - 1)));
            } else if (path.startsWith(".\"", at)) {
                end = endOfQuoted(path, at + 1);
                legs.add(new Leg(unquoted(path, at + 1, end), 0));
            } else if (path.charAt(at) == '.') {
                end = at + 1;
                while (end < path.length() && path.charAt(end) != '.' && path.charAt(end) != '[') {
                    end++;
                }
                legs.add(new Leg(path.substring(at + 1, end).getBytes(StandardCharsets.UTF_8), 0));
            } else {
                throw noPath(path);
            }
            at = end;
        }
        return legs;
    }

    private static int index(String path, int from, int to) {
        try {
            int index = Integer.parseInt(path, from, Math.max(from, to), 10);
            if (index >= 0) {
                return index;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw noPath(path);
    }

    private static int endOfQuoted(String path, int from) {
        for (int i = from + 1; i < path.length(); i++) {
            if (path.charAt(i) == '\\') {
                i++;
            } else if (path.charAt(i) == '"') {
                return i + 1;
            }
        }
        throw noPath(path);
    }

    private static byte[] unquoted(String path, int from, int to) {
        try {
            return QUOTED.readValue(path.substring(from, to), String.class).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw noPath(path);
        }
    }

    private static MalformedValueException noPath(String path) {
        return new MalformedValueException("a JSON difference at \"" + path + "\", which is no path");
    }

    // ---- reading

    /** Reads the binary form: by offsets, since values may lie anywhere in their container. */
    private static final class Parser {

        private final byte[] bytes;
        private final int from;
        private final int end;
        private int valuesLeft;

        Parser(byte[] bytes, int from, int end) {
            this.bytes = bytes;
            this.from = from;
            this.end = end;
            this.valuesLeft = end - from + 1;
        }

        Node document() {
            if (from == end) {
                throw new MalformedValueException("a JSON value of no bytes");
            }
            return node(bytes[from], from + 1, end, 0);
        }

        private Node node(int type, int at, int limit, int depth) {
            if (--valuesLeft < 0 || depth > MAX_DEPTH) {
                throw new MalformedValueException("malformed JSON: its values run in circles");
            }
            return switch (type) {
                case SMALL_OBJECT, LARGE_OBJECT, SMALL_ARRAY, LARGE_ARRAY -> container(type, at, limit, depth + 1);
                default -> {
                    int length = scalarLength(type, at, limit);
                    need(at, length, limit);
                    yield new Scalar(type, Arrays.copyOfRange(bytes, at, at + length));
                }
            };
        }

        private Node container(int type, int at, int limit, int depth) {
            boolean large = type == LARGE_OBJECT || type == LARGE_ARRAY;
            boolean object = type == SMALL_OBJECT || type == LARGE_OBJECT;
            int width = large ? 4 : 2;
            int count = number(at, width, limit);
            int stop = need(at, number(at + width, width, limit), limit);
            int keys = at + 2 * width;
            int values = keys + (object ? count * (width + 2) : 0);
            if (count < 0 || values < keys || (long) count * (width + 1) > stop - values) {
                throw new MalformedValueException("malformed JSON: " + count + " members in too few bytes");
            }
            TreeMap<byte[], Node> members = new TreeMap<>(KEYS);
            List<Node> elements = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int entry = values + i * (width + 1);
                int valueType = bytes[entry];
                boolean inlined = valueType == 4
                        || valueType == 5
                        || valueType == 6
                        || (large && (valueType == 7 || valueType == 8));
                Node value = inlined
                        ? node(valueType, entry + 1, stop, depth)
                        : node(valueType, inside(at, number(entry + 1, width, stop), stop), stop, depth);
                if (object) {
                    int key = keys + i * (width + 2);
                    int length = Bytes.u16(bytes, key + width);
                    int start = inside(at, number(key, width, stop), stop);
                    members.put(Arrays.copyOfRange(bytes, start, need(start, length, stop)), value);
                } else {
                    elements.add(value);
                }
            }
            return object ? new Members(members) : new Elements(elements);
        }

        private int scalarLength(int type, int at, int limit) {
            return switch (type) {
                case 4 -> 1;
                case 5, 6 -> 2;
                case 7, 8 -> 4;
                case 9, 10, 11 -> 8;
                case STRING -> lengthWithPrefix(at, limit);
                case OPAQUE -> 1 + lengthWithPrefix(at + 1, limit);
                default -> throw new MalformedValueException("malformed JSON: value of type " + type);
            };
        }

        /** Seven bits per byte, the lowest first; the highest bit says that more follow. */
        private int lengthWithPrefix(int at, int limit) {
            long length = 0;
            for (int i = 0; i < 5; i++) {
                int b = bytes[need(at + i, 1, limit) - 1] & 0xff;
                length |= (long) (b & 0x7f) << 7 * i;
                if (b < 0x80) {
                    return (int) Math.min(length + i + 1, Integer.MAX_VALUE);
                }
            }
            throw new MalformedValueException("malformed JSON: a length of more than 31 bits");
        }

        private int number(int at, int width, int limit) {
            need(at, width, limit);
            return width == 2 ? Bytes.u16(bytes, at) : Bytes.s32(bytes, at);
        }

        private int inside(int container, int offset, int limit) {
            return need(container, offset, limit);
        }

        /** {@return the end of {@code count} bytes, which have to lie before {@code limit}} */
        private int need(int at, int count, int limit) {
            if (count < 0 || at < 0 || count > limit - at) {
                throw new MalformedValueException("malformed JSON: a value ends behind its container");
            }
            return at + count;
        }
    }

    // ---- writing

    /** {@return the value in binary form, with large containers throughout} */
    byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(type(root));
        write(root, out);
        return out.toByteArray();
    }

    private static int type(Node node) {
        return node instanceof Scalar scalar ? scalar.type : node instanceof Members ? LARGE_OBJECT : LARGE_ARRAY;
    }

    private static void write(Node node, ByteArrayOutputStream out) {
        if (node instanceof Scalar scalar) {
            out.writeBytes(scalar.value);
        } else if (node instanceof Members members) {
            container(members.map.keySet().toArray(new byte[0][]), List.copyOf(members.map.values()), out);
        } else {
            container(null, ((Elements) node).list, out);
        }
    }

    private static void container(byte @Nullable [][] keys, List<Node> values, ByteArrayOutputStream out) {
        int count = values.size();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        ByteArrayOutputStream entries = new ByteArrayOutputStream();
        int begin = 8 + count * ((keys == null ? 0 : 6) + 5);
        if (keys != null) {
            for (byte[] key : keys) {
                number(begin + content.size(), 4, entries);
                number(key.length, 2, entries);
                content.writeBytes(key);
            }
        }
        for (Node value : values) {
            int type = type(value);
            entries.write(type);
            if (value instanceof Scalar scalar && scalar.value.length <= 4 && type >= 4 && type <= 8) {
                entries.writeBytes(Arrays.copyOf(scalar.value, 4));
            } else {
                number(begin + content.size(), 4, entries);
                write(value, content);
            }
        }
        number(count, 4, out);
        number(begin + content.size(), 4, out);
        out.writeBytes(entries.toByteArray());
        out.writeBytes(content.toByteArray());
    }

    private static void number(int value, int width, ByteArrayOutputStream out) {
        for (int i = 0; i < width; i++) {
            out.write(value >>> 8 * i);
        }
    }
}
