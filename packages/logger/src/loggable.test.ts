import { OutputError, PayloadError } from "@lamella/core";
import { describe, expect, it } from "vitest";
import { loggable } from "./loggable.ts";

const payload = new PayloadError({
  part: "body",
  problem: "is wrong",
  issues: [{ message: "got SECRET", path: ["a", { key: 0 }] }],
  cause: new Error("SECRET"),
});
const shown = {
  name: "PayloadError",
  message: payload.message,
  code: "LAMELLA_PAYLOAD",
  issues: ["/a/0"],
  cause: { name: "Error", message: "" },
};
const circular: Error = new Error("one");
circular.cause = new Error("two", { cause: circular });
const many = Array.from({ length: 11 }, (_, index) => ({ message: "x", path: [index] }));

describe("an error that says nothing of payloads", () => {
  it.for([{ error: new Error("plain") }, { error: new TypeError("with a cause", { cause: new Error("inner") }) }])(
    "$error is left to the formatter",
    ({ error }) => {
      expect(loggable(error)).toBe(error);
    },
  );
});

describe("what is thrown", () => {
  it.for([
    { what: "a payload error", error: payload, gives: shown },
    {
      what: "a payload error as a cause",
      error: new Error("outer", { cause: payload }),
      gives: { name: "Error", message: "outer", cause: shown },
    },
    {
      what: "an output error",
      error: new OutputError({ part: "output", problem: "is wrong", issues: many }),
      gives: { name: "OutputError", issues: many.slice(0, 10).map(({ path }) => `/${path[0]}`) },
    },
    {
      what: "a circle of causes",
      error: circular,
      gives: { message: "one", cause: expect.objectContaining({ message: "two", cause: expect.objectContaining({ message: "one" }) }) },
    },
    { what: "a text", error: "out of stock", gives: { name: "thrown string", message: "out of stock" } },
    { what: "undefined", error: undefined, gives: { name: "thrown undefined", message: "undefined" } },
    { what: "null", error: null, gives: { name: "thrown null", message: "null" } },
    { what: "a symbol", error: Symbol("x"), gives: { name: "thrown symbol", message: "Symbol(x)" } },
    { what: "a whole message", error: { body: "SECRET", code: "E_BODY" }, gives: { name: "Error", message: "", code: "E_BODY" } },
    {
      what: "a text as a cause",
      error: new Error("outer", { cause: "inner" }),
      gives: { message: "outer", cause: { name: "thrown string", message: "inner" } },
    },
    {
      what: "an error of another realm",
      error: { name: "TypeError", message: "far", stack: "TypeError: far" },
      gives: { name: "TypeError", message: "far", stack: "TypeError: far" },
    },
    {
      what: "something that cannot be read",
      error: new Proxy(
        {},
        {
          get: () => {
            throw new Error("no");
          },
        },
      ),
      gives: { name: "Error", message: "The error cannot be read." },
    },
  ])("is described when it is $what", ({ error, gives }) => {
    const line = loggable(error);

    expect(JSON.parse(JSON.stringify(line))).toEqual(expect.objectContaining(gives));
    expect(JSON.stringify(line)).not.toContain("SECRET");
  });
});
