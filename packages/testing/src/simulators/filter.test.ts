import { describe, expect, it } from "vitest";
import { toFilter } from "./kernel/filter.ts";

const passes = (pattern: unknown, body: string) =>
  toFilter<string>("simulate", [pattern as never], { key: "body", read: (text) => text })(body);
const order = JSON.stringify({ kind: "order", total: 50, tags: ["new", "paid"], address: { city: "Bern" }, note: null, empty: "" });

describe("a filter pattern", () => {
  it.for<{ readonly rule: string; readonly body: unknown; readonly gives: boolean }>([
    { rule: "equals", body: { kind: ["order"] }, gives: true },
    { rule: "equals, of another case", body: { kind: ["Order"] }, gives: false },
    { rule: "equals, a number for a text", body: { total: ["50"] }, gives: false },
    { rule: "one of several", body: { kind: ["refund", "order"] }, gives: true },
    { rule: "all members", body: { kind: ["order"], total: [51] }, gives: false },
    { rule: "equals-ignore-case", body: { kind: [{ "equals-ignore-case": "ORDER" }] }, gives: true },
    { rule: "null", body: { note: [null] }, gives: true },
    { rule: "an empty text", body: { empty: [""] }, gives: true },
    { rule: "a member of a list", body: { tags: ["paid"] }, gives: true },
    { rule: "a member within", body: { address: { city: [{ prefix: "Be" }] } }, gives: true },
    { rule: "suffix", body: { address: { city: [{ suffix: "rn" }] } }, gives: true },
    { rule: "suffix that is none", body: { address: { city: [{ suffix: "x" }] } }, gives: false },
    { rule: "anything-but", body: { kind: [{ "anything-but": ["refund"] }] }, gives: true },
    { rule: "anything-but what it is", body: { kind: [{ "anything-but": ["order"] }] }, gives: false },
    { rule: "anything-but of what is missing", body: { other: [{ "anything-but": ["x"] }] }, gives: false },
    { rule: "exists", body: { kind: [{ exists: true }] }, gives: true },
    { rule: "exists, of an object", body: { address: [{ exists: true }] }, gives: false },
    { rule: "exists not", body: { other: [{ exists: false }] }, gives: true },
    { rule: "numeric, the lower bound", body: { total: [{ numeric: [">", 50] }] }, gives: false },
    { rule: "numeric, within", body: { total: [{ numeric: [">=", 50, "<", 51] }] }, gives: true },
    { rule: "$or", body: { $or: [{ kind: ["refund"] }, { total: [50] }] }, gives: true },
    { rule: "$or of nothing that fits", body: { $or: [{ kind: ["refund"] }, { total: [51] }] }, gives: false },
  ])("with $rule gives $gives", ({ body, gives }) => {
    expect(passes({ body }, order)).toBe(gives);
    expect(passes(JSON.stringify({ body }), order)).toBe(gives);
  });

  it("for text passes text and no JSON, and one for JSON no text", () => {
    expect(passes({ body: [{ prefix: "Result" }] }, "Result: 1")).toBe(true);
    expect(passes({ body: [{ exists: true }] }, order)).toBe(false);
    expect(passes({ body: { kind: [{ exists: false }] } }, "text")).toBe(false);
  });

  it("lets everything pass where there is none", () => {
    expect(toFilter<string>("simulate", [], { key: "body", read: (text) => text })("text")).toBe(true);
  });

  it.for([
    { what: "is no object", pattern: "[1]" },
    { what: "is no JSON", pattern: "{" },
    { what: "has another key", pattern: { attributes: {} } },
    { what: "has an operator that there is not", pattern: { body: { a: [{ cidr: "10.0.0.0/8" }] } } },
    { what: "has a value where rules should be", pattern: { body: { a: "b" } } },
    { what: "has no rules", pattern: { body: { a: [] } } },
    { what: "has half a range", pattern: { body: { a: [{ numeric: [">"] }] } } },
  ])("that $what is refused", ({ pattern }) => {
    expect(() => passes(pattern, order)).toThrow(/^simulate\(\{ filters \}\), pattern 1/);
  });
});
