// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit;

/** The servers of the testkit do not run on this platform; the message says what to do instead. */
public final class UnsupportedPlatformException extends IllegalStateException {

    private static final long serialVersionUID = 1L;

    UnsupportedPlatformException(String server, String platform) {
        super("the embedded " + server + " runs on Linux x86-64 only, but this is " + platform
                + ". Use a server of your own, by its address.");
    }

    /** @throws UnsupportedPlatformException unless this is Linux x86-64 */
    static void check(String server) {
        String platform = System.getProperty("os.name") + " " + System.getProperty("os.arch");
        if (!platform.equals("Linux amd64")) {
            throw new UnsupportedPlatformException(server, platform);
        }
    }
}
