import { inspect } from "node:util";
import { bytes, direct, ready, resource, wrap } from "@lamella/core";
import { lambdaContext, testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { fakeAws, Refusal } from "../test/fake-aws.ts";
import { secrets } from "./index.ts";

const Db = z.object({ host: z.string(), port: z.int(), password: z.string() });
const db = { host: "db.internal", port: 5_432, password: "hunter2-of-the-database" };

const target = "secretsmanager.GetSecretValue";

/** What a layer of one secret fails with. */
const failureOf = (layer: { readonly value: () => Promise<unknown> }): Promise<Error & { readonly cause: unknown }> =>
  layer.value().then(
    () => expect.unreachable("It must fail"),
    (error) => error,
  );

describe("secrets", () => {
  it("are fetched side by side, and are text without a schema and what the schema makes of their JSON with one", async () => {
    let waiting = 0;
    let most = 0;
    const { calls } = await fakeAws(async (_target, { SecretId }) => {
      most = Math.max(most, ++waiting);
      // Answered only when both have asked.
      await vi.waitFor(() => expect(most).toBe(2));
      return { SecretString: SecretId === "prod/db" ? JSON.stringify(db) : "key-1" };
    });
    const handler = wrap(
      direct<string>(),
      secrets({ db: { id: "prod/db", schema: Db }, apiKey: "prod/api-key" }),
      (_event, { secret }) => secret,
    );

    expect(await (await ready(handler))("event", lambdaContext())).toEqual({ db, apiKey: "key-1" });
    await handler("event", lambdaContext());

    expect(calls.map(({ target: asked, input }) => ({ target: asked, input }))).toEqual([
      { target, input: { SecretId: "prod/db" } },
      { target, input: { SecretId: "prod/api-key" } },
    ]);
    expect(calls[0]?.headers).toMatchObject({
      "content-type": "application/x-amz-json-1.1",
      authorization: expect.stringContaining("/eu-west-1/secretsmanager/aws4_request"),
      "x-amz-security-token": "session-token",
    });
  });

  it("may be a certain version, of another region, in bytes, under another name", async () => {
    const { calls } = await fakeAws((_target, { VersionId }) =>
      VersionId === "v1" ? { SecretString: "old" } : { SecretBinary: Buffer.from([0, 255]).toString("base64") },
    );
    const keys = secrets(
      { previous: { id: "key", versionId: "v1" }, pending: { id: "key", versionStage: "AWSPENDING", schema: bytes() } },
      { name: "keys", region: "us-east-2" },
    );
    const handler = wrap(direct<string>(), keys, (_event, ctx) => ctx.keys);

    expect(await handler("event", lambdaContext())).toEqual({ previous: "old", pending: Buffer.from([0, 255]) });
    expect(calls.map(({ input }) => input)).toEqual([
      { SecretId: "key", VersionId: "v1" },
      { SecretId: "key", VersionStage: "AWSPENDING" },
    ]);
    expect(calls[0]?.headers["authorization"]).toContain("/us-east-2/secretsmanager/");
  });

  it("are what a resource that needs them gets", async () => {
    await fakeAws(() => ({ SecretString: JSON.stringify(db) }));
    const secret = secrets({ db: { id: "prod/db", schema: Db } });
    const pool = resource("pool", { needs: [secret], init: (needs) => `${needs.secret.db.host}:${needs.secret.db.port}` });
    const handler = wrap(direct<string, string>(), pool, (_event, ctx) => ctx.pool);

    expect(await handler("event", lambdaContext())).toBe("db.internal:5432");
  });

  it("fail init with the name of the one that is missing, and the next invocation tries again", async () => {
    let isThere = false;
    await fakeAws((_target, { SecretId }) =>
      SecretId === "prod/db" && !isThere
        ? new Refusal(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        : { SecretString: "value" },
    );
    const handler = wrap(direct<string>(), secrets({ db: "prod/db", key: "key" }), (_event, { secret }) => secret);

    await expect(ready(handler)).rejects.toMatchObject({
      code: "LAMELLA_INIT",
      of: "secret.db",
      message: expect.stringContaining('The secret "prod/db" is not in eu-west-1, or has no such version'),
      cause: { code: "LAMELLA_PARAMETER" },
    });
    isThere = true;
    expect(await handler("event", lambdaContext())).toEqual({ db: "value", key: "value" });
  });

  it("say who may not read what when access is denied, and do not try again", async () => {
    const { calls } = await fakeAws(
      () =>
        new Refusal(400, "AccessDeniedException", "User: me is not authorized to perform: secretsmanager:GetSecretValue on resource: db"),
    );

    const error = await failureOf(secrets({ db: "db" }));

    expect(error.message).toContain("secretsmanager:GetSecretValue on resource: db");
    expect(error.cause).toMatchObject({ code: "LAMELLA_AWS", awsCode: "AccessDeniedException" });
    expect(calls).toHaveLength(1);
  });

  it("are asked for again when the service throttles or fails", async () => {
    const answers = [new Refusal(400, "ThrottlingException"), new Refusal(500, "InternalServiceError"), { SecretString: "value" }];
    const { calls } = await fakeAws(() => answers.shift());

    expect(await secrets({ key: "key" }).value()).toEqual({ key: "value" });
    expect(calls).toHaveLength(3);
  });

  const schema = z.object({ host: z.string(), port: z.literal("no-such-port"), nested: z.object({ password: z.custom(() => false) }) });
  const throws = z.string().transform((value) => {
    throw new Error(`what is ${value}?`);
  });
  const quotes = z.string().refine(() => false, { error: ({ input }) => `${String(input)} is bad` });

  it.for([
    {
      what: "does not fit",
      given: schema,
      answer: { SecretString: JSON.stringify(db) },
      says: 'The secret "s" does not fit its schema at /port, /nested.',
    },
    {
      what: "is no JSON",
      given: Db,
      answer: { SecretString: db.password },
      says: 'The secret "s" is not JSON, or not what its schema or codec takes.',
    },
    {
      what: "is quoted by its schema",
      given: quotes,
      answer: { SecretString: `"${db.password}"` },
      says: "is not JSON, or not what its schema",
    },
    {
      what: "makes its schema throw",
      given: throws,
      answer: { SecretString: `"${db.password}"` },
      says: "made its schema or codec throw (Error)",
    },
    {
      what: "is binary without a codec",
      given: undefined,
      answer: { SecretBinary: btoa(db.password) },
      says: 'The secret "s" is binary. Say what to make',
    },
    {
      what: "pollutes prototypes",
      given: Db,
      answer: { SecretString: `{"__proto__":"${db.password}"}` },
      says: "is not JSON, or not what",
    },
    { what: "has no value", given: undefined, answer: {}, says: 'The secret "s" has no value.' },
  ])("name what is wrong and print no value where one $what", async ({ given, answer, says }) => {
    await fakeAws(() => answer);

    const error = await failureOf(secrets({ one: { id: "s", ...(given && { schema: given }) } }));

    expect(error.message).toContain(`"secret.one" could not be made: `);
    expect(error.message).toContain(says);
    // As the console prints it, with all causes.
    expect(inspect(error, { depth: 10 }) + JSON.stringify(error)).not.toContain(db.password);
    expect(error.cause).toMatchObject({ code: "LAMELLA_PARAMETER", name: "ParameterError" });
  });

  it("have the issues of the schema at hand, with their paths", async () => {
    await fakeAws(() => ({ SecretString: "{}" }));

    const { cause } = await failureOf(secrets({ db: { id: "db", schema: Db } }));

    expect(cause).toMatchObject({ issues: [{ path: ["host"] }, { path: ["port"] }, { path: ["password"] }] });
  });

  it("are replaced by their name in tests, all or one, and nothing is fetched for those", async () => {
    const { calls } = await fakeAws(() => ({ SecretString: "fetched" }));
    const secret = secrets({ db: "db", key: "key" });
    const pool = resource("pool", { needs: [secret], init: (needs) => needs.secret });
    const handler = wrap(direct<string>(), secret, pool, (_event, ctx) => [ctx.secret, ctx.pool]);

    const { reply } = await testing(handler, { secret: { db: "fake", key: "fake" } }).send("event");
    expect(reply).toEqual([
      { db: "fake", key: "fake" },
      { db: "fake", key: "fake" },
    ]);
    expect(calls).toEqual([]);

    expect((await testing(handler, { "secret.db": "fake" }).send("event")).reply).toEqual([
      { db: "fake", key: "fetched" },
      { db: "fake", key: "fetched" },
    ]);
  });

  it("are not fetched by a bare import", async () => {
    const { calls } = await fakeAws(() => ({ SecretString: "value" }));

    wrap(direct(), secrets({ key: "key" }), () => {});
    await new Promise((resolve) => setImmediate(resolve));

    expect(calls).toEqual([]);
  });

  it.for([
    { what: "no secrets", args: [{}], Wrong: TypeError, says: "secrets(…) must be an object with a member for each value" },
    { what: "a secret without an id", args: [{ db: {} }], Wrong: TypeError, says: "secrets({ db }) must be a name, or { id }" },
    { what: "a null", args: [{ db: null }], Wrong: TypeError, says: "secrets({ db }) must be a name, or { id }" },
    { what: "an empty name", args: [{ db: "" }], Wrong: TypeError, says: "secrets({ db }) must be" },
    { what: "a schema that is none", args: [{ db: { id: "db", schema: {} } }], Wrong: TypeError, says: "secrets({ db })'s schema must be" },
    { what: "a version that is no text", args: [{ db: { id: "db", versionId: 1 } }], Wrong: TypeError, says: "versionId must be text" },
    { what: "an age of nothing", args: [{ db: "db" }, { maxAgeMs: 0 }], Wrong: RangeError, says: "maxAgeMs }) must be more than 0" },
    { what: "one's age of nothing", args: [{ db: { id: "db", maxAgeMs: 0 } }], Wrong: RangeError, says: "maxAgeMs must be more than 0" },
    { what: "an empty member", args: [{ db: "db" }, { name: "" }], Wrong: TypeError, says: "name }) must be" },
    { what: "an empty region", args: [{ db: "db" }, { region: "" }], Wrong: TypeError, says: "region }) must be" },
    {
      what: "a provider of nothing",
      args: [{ db: "db" }, { provider: {} }],
      Wrong: TypeError,
      says: 'must be "aws", "extension", or a provider',
    },
    { what: "an unknown provider", args: [{ db: "db" }, { provider: "vault" }], Wrong: TypeError, says: 'must be "aws", "extension"' },
  ])("refuse $what at load", ({ args, Wrong, says }) => {
    const make = () => secrets(...(args as unknown as Parameters<typeof secrets>));

    expect(make).toThrow(Wrong);
    expect(make).toThrow(says);
  });
});
