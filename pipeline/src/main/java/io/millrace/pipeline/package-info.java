// SPDX-License-Identifier: Apache-2.0
/**
 * Pipelines written in YAML. {@link io.millrace.pipeline.PipelineFile} is the way in: text becomes {@code Yaml} with
 * places, references to the environment are replaced, {@code Graph} checks how components lead to each other,
 * {@code Assembly} makes them by providers of {@link io.millrace.core.component}, whose settings drive the same
 * builders as code does ({@code YamlSettings}, {@code BuilderCalls}, {@code Values}). All findings come at once.
 * {@code Main} is the all-in-one program.
 */
@NullMarked
package io.millrace.pipeline;

import org.jspecify.annotations.NullMarked;
