// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Writes a small shared library for x86-64 Linux: an ELF file whose functions are a few bytes of
 * machine code each, under versioned names.
 *
 * <p>mysqld is linked against {@code libaio.so.1} and {@code libnuma.so.1}, which a machine may lack
 * and an ordinary user cannot install. libaio's functions are system calls and nothing else, so the
 * one written here is complete; of libnuma only "there is no NUMA" is needed.
 *
 * <p>Format: Tool Interface Standard, ELF 1.2; symbol versions: Linux Standard Base, "Symbol
 * Versioning". glibc refuses a library without the versions that its users were linked against.
 */
final class SharedLibrary {

    /** A function: its name, its version, and what the processor runs. */
    private record Function(String name, String version, byte[] code) {}

    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int SYMBOL = 24;
    private static final int VERSION_DEFINITION = 28;
    private static final int PAGE = 4096;

    private final String name;
    private final List<Function> functions = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

    private SharedLibrary(String name) {
        this.name = name;
        strings.write(0);
    }

    /** Writes {@code libaio.so.1} and {@code libnuma.so.1} into the folder. */
    static void writeAll(Path folder) throws IOException {
        SharedLibrary aio = new SharedLibrary("libaio.so.1");
        aio.systemCall("io_setup", "LIBAIO_0.4", 206);
        aio.systemCall("io_destroy", "LIBAIO_0.4", 207);
        aio.systemCall("io_getevents", "LIBAIO_0.4", 208);
        aio.systemCall("io_submit", "LIBAIO_0.1", 209);
        aio.systemCall("io_cancel", "LIBAIO_0.4", 210);
        aio.write(folder);
        SharedLibrary numa = new SharedLibrary("libnuma.so.1");
        numa.constant("numa_available", "libnuma_1.1", -1);
        for (String function :
                List.of("numa_free", "set_mempolicy", "mbind", "numa_alloc_local", "numa_alloc_onnode")) {
            numa.constant(function, "libnuma_1.1", 0);
        }
        for (String function : List.of(
                "numa_bitmask_free",
                "numa_get_mems_allowed",
                "numa_all_nodes_ptr",
                "numa_num_configured_cpus",
                "numa_node_of_cpu")) {
            numa.constant(function, "libnuma_1.2", 0);
        }
        numa.write(folder);
    }

    /** mov r10,rcx; mov eax,number; syscall; ret. The kernel's negative error number is libaio's result. */
    private void systemCall(String function, String version, int number) {
        functions.add(new Function(function, version, new byte[] {
            0x49,
            (byte) 0x89,
            (byte) 0xca,
            (byte) 0xb8,
            (byte) number,
            (byte) (number >> 8),
            0,
            0,
            0x0f,
            0x05,
            (byte) 0xc3
        }));
    }

    /** mov eax,value; ret. */
    private void constant(String function, String version, int value) {
        functions.add(new Function(function, version, new byte[] {
            (byte) 0xb8, (byte) value, (byte) (value >> 8), (byte) (value >> 16), (byte) (value >> 24), (byte) 0xc3
        }));
    }

    private void write(Path folder) throws IOException {
        Files.write(folder.resolve(name), bytes());
    }

    private int string(String text) {
        int offset = strings.size();
        strings.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        strings.write(0);
        return offset;
    }

    private byte[] bytes() {
        int nameOffset = string(name);
        int count = functions.size();
        int[] nameOffsets = new int[count];
        for (int i = 0; i < count; i++) {
            nameOffsets[i] = string(functions.get(i).name());
        }
        List<String> versions = new ArrayList<>(
                new TreeSet<>(functions.stream().map(Function::version).toList()));
        int[] versionOffsets = versions.stream().mapToInt(this::string).toArray();

        int hash = HEADER + PROGRAM_HEADER * 4;
        int symbols = align(hash + 4 * (2 + 1 + count + 1), 8);
        int symbolVersions = symbols + SYMBOL * (count + 1);
        int definitions = align(symbolVersions + 2 * (count + 1), 8);
        int stringTable = definitions + VERSION_DEFINITION * (versions.size() + 1);
        int text = align(stringTable + strings.size(), 16);
        int[] addresses = new int[count];
        int end = text;
        for (int i = 0; i < count; i++) {
            addresses[i] = end;
            end = align(end + functions.get(i).code().length, 16);
        }
        int dynamic = align(end, PAGE);
        long[][] entries = {
            {14, nameOffset}, // DT_SONAME
            {4, hash}, // DT_HASH
            {5, stringTable}, // DT_STRTAB
            {6, symbols}, // DT_SYMTAB
            {10, strings.size()}, // DT_STRSZ
            {11, SYMBOL}, // DT_SYMENT
            {0x6ffffff0L, symbolVersions}, // DT_VERSYM
            {0x6ffffffcL, definitions}, // DT_VERDEF
            {0x6ffffffdL, versions.size() + 1}, // DT_VERDEFNUM
            {0, 0}
        };

        ByteBuffer file = ByteBuffer.allocate(dynamic + 16 * entries.length).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        file.putShort((short) 3).putShort((short) 62).putInt(1); // ET_DYN, EM_X86_64
        file.putLong(0).putLong(HEADER).putLong(0).putInt(0);
        file.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) 4);
        file.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        segment(file, 1, 5, 0, end, PAGE); // PT_LOAD, readable and executable
        segment(file, 1, 6, dynamic, 16L * entries.length, PAGE); // PT_LOAD, writable
        segment(file, 2, 6, dynamic, 16L * entries.length, 8); // PT_DYNAMIC
        segment(file, 0x6474e551, 6, 0, 0, 16); // PT_GNU_STACK, not executable
        file.position(hash);
        file.putInt(1).putInt(count + 1).putInt(1).putInt(0);
        for (int i = 1; i <= count; i++) {
            file.putInt(i < count ? i + 1 : 0);
        }
        file.position(symbols + SYMBOL);
        for (int i = 0; i < count; i++) {
            file.putInt(nameOffsets[i]).put((byte) 0x12).put((byte) 0).putShort((short) 1);
            file.putLong(addresses[i]).putLong(functions.get(i).code().length);
        }
        file.position(symbolVersions);
        file.putShort((short) 0);
        for (Function function : functions) {
            file.putShort((short) (2 + versions.indexOf(function.version())));
        }
        file.position(definitions);
        for (int i = 0; i <= versions.size(); i++) {
            String version = i == 0 ? name : versions.get(i - 1);
            file.putShort((short) 1)
                    .putShort((short) (i == 0 ? 1 : 0))
                    .putShort((short) (i + 1))
                    .putShort((short) 1);
            file.putInt(hash(version)).putInt(20).putInt(i < versions.size() ? VERSION_DEFINITION : 0);
            file.putInt(i == 0 ? nameOffset : versionOffsets[i - 1]).putInt(0);
        }
        file.position(stringTable);
        file.put(strings.toByteArray());
        for (int i = 0; i < count; i++) {
            file.position(addresses[i]);
            file.put(functions.get(i).code());
        }
        file.position(dynamic);
        for (long[] entry : entries) {
            file.putLong(entry[0]).putLong(entry[1]);
        }
        return file.array();
    }

    private static void segment(ByteBuffer file, int type, int flags, long offset, long size, long alignment) {
        file.putInt(type).putInt(flags).putLong(offset).putLong(offset).putLong(offset);
        file.putLong(size).putLong(size).putLong(alignment);
    }

    /** The hash of names that the ELF specification gives. */
    private static int hash(String name) {
        long hash = 0;
        for (int i = 0; i < name.length(); i++) {
            hash = (hash << 4) + name.charAt(i);
            long high = hash & 0xf0000000L;
            hash ^= high >>> 24;
            hash &= ~high;
        }
        return (int) hash;
    }

    private static int align(int value, int to) {
        return (value + to - 1) / to * to;
    }
}
