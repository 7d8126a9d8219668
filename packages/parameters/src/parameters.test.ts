import { inspect } from "node:util";
import { codec, direct, wrap } from "@lamella/core";
import { lambdaContext, testing } from "@lamella/testing";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fakeAws, Refusal } from "../test/fake-aws.ts";
import { parameters } from "./index.ts";

/** A Parameter Store of these values, which gives two of a path on a page. */
function store(values: Readonly<Record<string, string>>) {
  return (target: string, input: Readonly<Record<string, unknown>>): unknown => {
    if (target === "AmazonSSM.GetParametersByPath") {
      const path = `${String(input["Path"]).replace(/\/$/, "")}/`;
      const from = Number(input["NextToken"] ?? 0);
      const below = Object.entries(values).filter(
        ([name]) => name.startsWith(path) && (input["Recursive"] || !name.slice(path.length).includes("/")),
      );
      const page = below.slice(from, from + 2).map(([Name, Value]) => ({ Name, Value }));
      return { Parameters: page, ...(from + 2 < below.length && { NextToken: String(from + 2) }) };
    }
    const names = input["Names"] as readonly string[];
    const found = names.filter((name) => name in values);
    return {
      Parameters: found.map((asked) => {
        const [name = "", selector] = asked.startsWith("arn:") ? [asked.split(":parameter").at(-1)] : asked.split(":");
        const ARN = `arn:aws:ssm:eu-west-1:123456789012:parameter${name}`;
        return { Name: name, Value: values[asked], ARN, ...(selector && { Selector: `:${selector}` }) };
      }),
      InvalidParameters: names.filter((name) => !(name in values)),
    };
  };
}

describe("parameters", () => {
  it("are text, lists, objects, or what schemas and codecs make of those", async () => {
    const { calls } = await fakeAws(
      store({
        "/orders/stage": "prod",
        "/orders/limits": '{"most":5}',
        "/orders/hosts": "a.example,b.example",
        "/orders/ports": "1,2",
        "/orders/rate": "0.5",
        "/orders/flags/new-ui": "on",
        "/orders/flags/beta": "off",
        "/orders/flags/deep/er": "on",
      }),
    );
    const parameter = parameters({
      stage: "/orders/stage",
      limits: { name: "/orders/limits", schema: z.object({ most: z.int() }) },
      hosts: { name: "/orders/hosts", list: true },
      ports: { name: "/orders/ports", list: true, schema: z.array(z.coerce.number()) },
      rate: { name: "/orders/rate", schema: codec(Number) },
      flags: { path: "/orders/flags" },
      all: { path: "/orders/flags/", recursive: true, schema: z.record(z.string(), z.stringbool()) },
    });
    const handler = wrap(direct<string>(), parameter, (_event, ctx) => ctx.parameter);

    expect(await handler("event", lambdaContext())).toEqual({
      stage: "prod",
      limits: { most: 5 },
      hosts: ["a.example", "b.example"],
      ports: [1, 2],
      rate: 0.5,
      flags: { beta: "off", "new-ui": "on" },
      all: { beta: false, "deep/er": true, "new-ui": true },
    });
    expect(calls.filter(({ target }) => target === "AmazonSSM.GetParameters").map(({ input }) => input)).toEqual([
      { Names: ["/orders/stage", "/orders/limits", "/orders/hosts", "/orders/ports", "/orders/rate"], WithDecryption: true },
    ]);
    expect(calls.filter(({ target }) => target === "AmazonSSM.GetParametersByPath").map(({ input }) => input["Path"])).toContain(
      "/orders/flags",
    );
    expect(calls[0]?.headers["authorization"]).toContain("/eu-west-1/ssm/aws4_request");
  });

  it.for([
    { count: 10, calls: [10] },
    { count: 11, calls: [10, 1] },
    { count: 25, calls: [10, 10, 5] },
  ])("are fetched ten a call: $count by $calls", async ({ count, calls: expected }) => {
    const names = Array.from({ length: count }, (_, index) => `/p/${index}`);
    const { calls } = await fakeAws(store(Object.fromEntries(names.map((name) => [name, `value of ${name}`]))));

    const values = await parameters(Object.fromEntries(names.map((name, index) => [`p${index}`, name]))).value();

    expect(Object.keys(values)).toHaveLength(count);
    expect(values["p9"]).toBe("value of /p/9");
    expect(calls.map(({ input }) => (input["Names"] as unknown[]).length).toSorted((a, b) => b - a)).toEqual(expected);
  });

  it("are asked for once where two members are the same", async () => {
    const { calls } = await fakeAws(store({ "/p": "value" }));

    expect(await parameters({ a: "/p", b: "/p" }).value()).toEqual({ a: "value", b: "value" });
    expect(calls.map(({ input }) => input["Names"])).toEqual([["/p"]]);
  });

  it("may be a version or a label, and are found by their ARN", async () => {
    const arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/shared";
    await fakeAws(store({ "/p:3": "third", "/p:live": "labelled", [arn]: "of another account" }));

    expect(await parameters({ third: "/p:3", live: "/p:live", shared: arn }).value()).toEqual({
      third: "third",
      live: "labelled",
      shared: "of another account",
    });
  });

  it("fail init with the name of the one that is missing", async () => {
    await fakeAws(store({ "/a": "a" }));

    await expect(parameters({ a: "/a", b: "/b" }).value()).rejects.toMatchObject({
      code: "LAMELLA_INIT",
      of: "parameter.b",
      message: expect.stringContaining('The parameter "/b" is not in eu-west-1'),
    });
  });

  it("fail init with what the service says when access is denied", async () => {
    await fakeAws(() => new Refusal(400, "AccessDeniedException", "not authorized to perform: ssm:GetParameters on resource: /a"));

    await expect(parameters({ a: "/a" }).value()).rejects.toThrow("ssm:GetParameters on resource: /a");
    await expect(parameters({ a: { path: "/a" } }).value()).rejects.toThrow("AccessDeniedException");
  });

  it("are asked for again when the service throttles", async () => {
    const answers = [new Refusal(400, "ThrottlingException", "Rate exceeded"), { Parameters: [{ Name: "/a", Value: "value" }] }];
    const { calls } = await fakeAws(() => answers.shift());

    expect(await parameters({ a: "/a" }).value()).toEqual({ a: "value" });
    expect(calls).toHaveLength(2);
  });

  it.for([
    { what: "one", spec: { name: "/p", schema: z.object({ url: z.url() }) }, says: 'The parameter "/p" does not fit its schema at /url' },
    {
      what: "a list",
      spec: { name: "/p", list: true as const, schema: z.array(z.literal("x")) },
      says: 'The parameter "/p" does not fit its schema at /0',
    },
    {
      what: "a path",
      spec: { path: "/below", schema: z.object({ p: z.literal("x") }) },
      says: 'The parameters below "/below" does not fit',
    },
  ])("name places and no values where $what does not fit", async ({ spec, says }) => {
    await fakeAws(store({ "/p": '{"url":"hunter2"}', "/below/p": "hunter2" }));

    const error = await parameters({ one: spec })
      .value()
      .catch((failure: Error) => failure);

    expect(error).toMatchObject({ message: expect.stringContaining(says) });
    expect(inspect(error, { depth: 10 })).not.toContain("hunter2");
  });

  it("are replaced by their name in tests", async () => {
    const handler = wrap(direct<string, string>(), parameters({ stage: "/stage" }), (_event, ctx) => ctx.parameter.stage);

    expect((await testing(handler, { parameter: { stage: "test" } }).send("event")).reply).toBe("test");
  });

  it.for([
    { what: "no parameters", args: [{}], Wrong: TypeError, says: "parameters(…) must be an object" },
    { what: "an empty spec", args: [{ a: {} }], Wrong: TypeError, says: "parameters({ a }) must be a name" },
    { what: "a null", args: [{ a: null }], Wrong: TypeError, says: "parameters({ a }) must be a name" },
    { what: "a path without a slash", args: [{ a: { path: "p" } }], Wrong: TypeError, says: "path must be a path that begins with /" },
    { what: "a list that is no flag", args: [{ a: { name: "/a", list: 1 } }], Wrong: TypeError, says: "list must be true or false" },
    {
      what: "a codec for a list",
      args: [{ a: { name: "/a", list: true, schema: codec(String) } }],
      Wrong: TypeError,
      says: "schema must be",
    },
    { what: "a codec for a path", args: [{ a: { path: "/a", schema: codec(String) } }], Wrong: TypeError, says: "schema must be" },
    { what: "recursive that is no flag", args: [{ a: { path: "/a", recursive: 1 } }], Wrong: TypeError, says: "recursive must be" },
    { what: "an age of nothing", args: [{ a: { path: "/a", maxAgeMs: 0 } }], Wrong: RangeError, says: "maxAgeMs must be more than 0" },
    {
      what: "half a provider",
      args: [{ a: "/a" }, { provider: { get: async () => "" } }],
      Wrong: TypeError,
      says: "functions get and getMultiple",
    },
  ])("refuse $what at load", ({ args, Wrong, says }) => {
    const make = () => parameters(...(args as unknown as Parameters<typeof parameters>));

    expect(make).toThrow(Wrong);
    expect(make).toThrow(says);
  });
});
