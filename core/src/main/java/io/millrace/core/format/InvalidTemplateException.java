// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.MillraceException;

/** A {@link Template} cannot be understood; the message says where and what to write instead. */
public final class InvalidTemplateException extends MillraceException {

    private static final long serialVersionUID = 1L;

    private final String template;
    private final int offset;

    InvalidTemplateException(String template, int offset, String problem) {
        super("template '%s', column %d: %s".formatted(template, offset + 1, problem), null);
        this.template = template;
        this.offset = offset;
    }

    /** {@return the template as it was written} */
    public String template() {
        return template;
    }

    /** {@return index of the offending character, from 0; the message counts columns from 1} */
    public int offset() {
        return offset;
    }
}
