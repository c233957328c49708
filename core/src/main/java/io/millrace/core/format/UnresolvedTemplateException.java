// SPDX-License-Identifier: Apache-2.0
package io.millrace.core.format;

import io.millrace.core.ChangeRejectedException;
import io.millrace.core.SourceInfo;

/** A change lacks what a {@link Template} names, and the template has no fallback for it. */
public final class UnresolvedTemplateException extends ChangeRejectedException {

    private static final long serialVersionUID = 1L;

    private final String template;
    private final String placeholder;
    private final transient SourceInfo source;

    UnresolvedTemplateException(String template, String placeholder, String subject, SourceInfo source, String reason) {
        super(
                null,
                ("template '%s': %s has no text for %s at %s: %s. Give a fallback, such as %s|none}, or name"
                                + " something that every change has.")
                        .formatted(
                                template,
                                placeholder,
                                subject,
                                source,
                                reason,
                                placeholder.substring(0, placeholder.length() - 1)),
                null);
        this.template = template;
        this.placeholder = placeholder;
        this.source = source;
    }

    /** {@return the template as it was written} */
    public String template() {
        return template;
    }

    /** {@return the part of the template that has no text, such as <code>%{/record/tenant}</code>} */
    public String placeholder() {
        return placeholder;
    }

    /** {@return where the change stands in the source's log} */
    public SourceInfo source() {
        return source;
    }
}
