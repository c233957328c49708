// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.internal;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import kafka.Kafka;
import kafka.tools.StorageTool;

/** Runs a Kafka broker in this process until it is told to end; formats its folder first. */
public final class KafkaMain {

    private KafkaMain() {}

    /** @param args the file of the broker's properties, and the cluster's id */
    public static void main(String[] args) {
        String[] format = {"format", "--ignore-formatted", "-t", args[1], "-c", args[0]};
        StorageTool.execute(format, new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        Kafka.main(new String[] {args[0]});
    }
}
