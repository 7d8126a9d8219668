import * as fc from "fast-check";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { RequestHeaders } from "./request-headers.ts";
import { toHeaders } from "./to-headers.ts";

describe("the headers of a request", () => {
  it.for<{ what: string; sent: Readonly<Record<string, unknown>> }>([
    { what: "one value", sent: { "x-a": "1" } },
    { what: "a name in capitals", sent: { "X-A": "1" } },
    { what: "a list of one", sent: { "x-a": ["1"] } },
    { what: "a list of several", sent: { "x-a": ["1", "2"] } },
    { what: "two spellings", sent: { "x-a": "1", "X-A": "2" } },
    { what: "an empty value", sent: { "x-a": "" } },
    { what: "an empty list", sent: { "x-a": [] } },
    { what: "null", sent: { "x-a": null } },
    { what: "a number", sent: { "x-a": 5 } },
    { what: "spaces around", sent: { "x-a": " \t1 2 " } },
    { what: "a line break", sent: { "x-a": "1\r\nx-b: 2" } },
    { what: "letters beyond ASCII", sent: { "x-a": "żé" } },
    { what: "a letter that is small only in ASCII", sent: { "x-\u212a": "1" } },
    { what: "nothing", sent: {} },
    { what: "what every object inherits", sent: { constructor: "1" } },
  ])("have what a web Headers has of $what", ({ sent }) => {
    const web = toHeaders(sent as never);

    for (const name of ["x-a", "X-a", "x-b", "x-k", "constructor", "toString"]) {
      expect(new RequestHeaders(sent as never).get(name), name).toBe(web.get(name));
      expect(new RequestHeaders(sent as never).has(name), name).toBe(web.has(name));
    }
    expect([...new RequestHeaders(sent as never)]).toEqual([...web]);
  });

  it("are those of a web Headers, whatever is in the event", () => {
    const text = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom("x-a", "X-A", "cookie", "Set-Cookie", "1", " 1", "a\tb", "\u212a"));
    const value = fc.oneof(text, fc.array(text, { maxLength: 3 }), fc.constant(null));
    fc.assert(
      fc.property(fc.dictionary(text, value), fc.constantFrom("x-a", "Cookie", "set-cookie", "k"), (sent, name) => {
        const headers = new RequestHeaders(sent);
        const web = toHeaders(sent);
        expect([headers.get(name), headers.has(name)]).toEqual([web.get(name), web.has(name)]);
        expect([...headers]).toEqual([...web]);
        expect(headers.getSetCookie()).toEqual(web.getSetCookie());
      }),
    );
  });

  it("refuse a name that is none, as a web Headers does", () => {
    expect(() => new RequestHeaders({}).get("x y")).toThrow(TypeError);
    expect(() => new RequestHeaders({}).has("")).toThrow(TypeError);
  });

  it("can be changed, which the event does not see", () => {
    const sent = { "x-a": "1", "x-b": "2", "x-c": "3" };
    const headers = new RequestHeaders(sent);

    headers.set("X-A", "9");
    headers.append("x-b", "8");
    headers.delete("x-c");

    expect([headers.get("x-a"), headers.get("x-b"), headers.has("x-c")]).toEqual(["9", "2, 8", false]);
    expect([[...headers.keys()], [...headers.values()], [...headers.entries()]]).toEqual([
      ["x-a", "x-b"],
      ["9", "2, 8"],
      [
        ["x-a", "9"],
        ["x-b", "2, 8"],
      ],
    ]);
    expect(sent).toEqual({ "x-a": "1", "x-b": "2", "x-c": "3" });
  });

  it("are taken where a web Headers is", () => {
    const headers = new RequestHeaders({ "X-A": "1" });
    const seen: unknown[] = [];

    headers.forEach(function each(this: unknown, value, name, all) {
      seen.push([value, name, all === headers, this]);
    }, "me");

    expect(seen).toEqual([["1", "x-a", true, "me"]]);
    expect([...new Headers(headers)]).toEqual([["x-a", "1"]]);
    expect(new Request("https://example.com", { headers }).headers.get("x-a")).toBe("1");
    expect(Object.prototype.toString.call(headers)).toBe("[object Headers]");
  });

  it("make no web Headers where a name is looked up", () => {
    vi.stubGlobal("Headers", undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    const headers = new RequestHeaders({ "X-A": "1", "x-b": ["2"] });

    expect([headers.get("x-a"), headers.get("X-B"), headers.has("x-c")]).toEqual(["1", "2", false]);
  });
});
