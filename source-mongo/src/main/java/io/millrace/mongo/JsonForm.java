// SPDX-License-Identifier: Apache-2.0
package io.millrace.mongo;

/**
 * How the values of documents are written as JSON. What JSON has itself (text, true and false, null, objects and
 * arrays, 32-bit integers but in the canonical form) is the same in all three.
 *
 * <table>
 * <caption>The rest</caption>
 * <tr><th>BSON</th><th>{@link #PLAIN}</th><th>{@link #RELAXED}</th><th>{@link #CANONICAL}</th></tr>
 * <tr><td>32-bit integer</td><td>number</td><td>number</td><td>{@code {"$numberInt":"1"}}</td></tr>
 * <tr><td>64-bit integer</td><td>number</td><td>number</td><td>{@code {"$numberLong":"1"}}</td></tr>
 * <tr><td>double</td><td>number</td><td>number</td><td>{@code {"$numberDouble":"1.0"}}</td></tr>
 * <tr><td>NaN, infinities</td><td>{@code "NaN"}</td><td>{@code {"$numberDouble":"NaN"}}</td><td>as relaxed</td></tr>
 * <tr><td>decimal</td><td>number, all digits</td><td>{@code {"$numberDecimal":"1.20"}}</td><td>as relaxed</td></tr>
 * <tr><td>decimal NaN, infinities</td><td>{@code "NaN"}</td><td>{@code {"$numberDecimal":"NaN"}}</td>
 *   <td>as relaxed</td></tr>
 * <tr><td>ObjectId</td><td>{@code "674d3c4778be6ac4a6210f24"}</td><td>{@code {"$oid":"674d..."}}</td>
 *   <td>as relaxed</td></tr>
 * <tr><td>date</td><td>{@code "2024-12-02T04:49:11.123Z"}</td><td>{@code {"$date":"2024-12-02T04:49:11.123Z"}}</td>
 *   <td>{@code {"$date":{"$numberLong":"1733114951123"}}}</td></tr>
 * <tr><td>date beyond 1970 to 9999</td><td>{@code "+10000-01-01T00:00:00Z"}</td><td>as canonical</td>
 *   <td>{@code {"$date":{"$numberLong":"253402300800000"}}}</td></tr>
 * <tr><td>timestamp</td><td>{@code {"t":1733114951,"i":1}}</td><td>{@code {"$timestamp":{"t":1733114951,"i":1}}}</td>
 *   <td>as relaxed</td></tr>
 * <tr><td>UUID</td><td>{@code "2f1c0f4e-6f0e-4d0b-9d4e-1f2a3b4c5d6e"}</td>
 *   <td>{@code {"$binary":{"base64":"...","subType":"04"}}}</td><td>as relaxed</td></tr>
 * <tr><td>other binary</td><td>base64 text</td><td>{@code {"$binary":{"base64":"...","subType":"00"}}}</td>
 *   <td>as relaxed</td></tr>
 * <tr><td>regular expression</td><td>{@code "/^a/i"}</td>
 *   <td>{@code {"$regularExpression":{"pattern":"^a","options":"i"}}}</td><td>as relaxed</td></tr>
 * <tr><td>code</td><td>text</td><td>{@code {"$code":"..."}}</td><td>as relaxed</td></tr>
 * <tr><td>code with scope</td><td>{@code {"code":"...","scope":{}}}</td><td>{@code {"$code":"...","$scope":{}}}</td>
 *   <td>as relaxed</td></tr>
 * <tr><td>symbol</td><td>text</td><td>{@code {"$symbol":"..."}}</td><td>as relaxed</td></tr>
 * <tr><td>DBPointer</td><td>{@code {"ref":"db.c","id":"674d..."}}</td>
 *   <td>{@code {"$dbPointer":{"$ref":"db.c","$id":{"$oid":"674d..."}}}}</td><td>as relaxed</td></tr>
 * <tr><td>undefined</td><td>{@code null}</td><td>{@code {"$undefined":true}}</td><td>as relaxed</td></tr>
 * <tr><td>least and greatest key</td><td>{@code {"$minKey":1}}</td><td>{@code {"$minKey":1}}</td>
 *   <td>as relaxed</td></tr>
 * </table>
 */
public enum JsonForm {
    /** As short as it can be and still be read by people: what types a reader cannot see are lost. */
    PLAIN,
    /** MongoDB's relaxed Extended JSON, version 2: types other than those of numbers can be told. */
    RELAXED,
    /** MongoDB's canonical Extended JSON, version 2: every type can be told. */
    CANONICAL
}
