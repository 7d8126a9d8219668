import { inspect } from "node:util";
import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SSMProvider } from "@aws-lambda-powertools/parameters/ssm";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { fakeAws, Refusal } from "../test/fake-aws.ts";
import { parameters, secrets } from "./index.ts";

describe("a provider of Powertools", () => {
  it("fetches secrets, each time anew, a certain version, and binary ones", async () => {
    const { calls } = await fakeAws((_target, { SecretId }) =>
      SecretId === "file" ? { SecretBinary: Buffer.from("bytes").toString("base64") } : { SecretString: '{"password":"p"}' },
    );
    const provider = new SecretsProvider();
    const secret = secrets(
      {
        db: { id: "db", schema: z.object({ password: z.string() }), versionStage: "AWSPREVIOUS" },
        file: { id: "file", schema: { "~decode": (raw: string | Uint8Array) => Buffer.from(raw).toString() } },
      },
      { provider },
    );

    expect(await secret.value()).toEqual({ db: { password: "p" }, file: "bytes" });
    await secret.refresh();

    const asked = calls.map(({ input }) => input);
    expect(asked).toHaveLength(4);
    expect(asked.filter(({ SecretId }) => SecretId === "db")).toEqual([
      { SecretId: "db", VersionStage: "AWSPREVIOUS" },
      { SecretId: "db", VersionStage: "AWSPREVIOUS" },
    ]);
    expect(asked.filter(({ SecretId }) => SecretId === "file")).toEqual([{ SecretId: "file" }, { SecretId: "file" }]);
    expect(String(calls[0]?.headers["user-agent"])).toContain("aws-sdk-js");
  });

  it("fetches parameters by name, decrypted, and by path", async () => {
    const { calls } = await fakeAws((target) =>
      target.endsWith("ByPath")
        ? { Parameters: [{ Name: "/flags/beta", Value: "on", Type: "String" }] }
        : { Parameter: { Name: "/stage", Value: "prod", Type: "SecureString" } },
    );
    const provider = new SSMProvider();

    expect(await parameters({ stage: "/stage", flags: { path: "/flags" } }, { provider }).value()).toEqual({
      stage: "prod",
      flags: { beta: "on" },
    });
    expect(calls.map(({ target, input }) => [target, input])).toContainEqual([
      "AmazonSSM.GetParameter",
      { Name: "/stage", WithDecryption: true },
    ]);
    expect(calls.find(({ target }) => target.endsWith("ByPath"))?.input).toMatchObject({
      Path: "/flags",
      Recursive: false,
      WithDecryption: true,
    });
  });

  it("fails init with what it throws, by the name of the secret", async () => {
    await fakeAws(() => new Refusal(400, "ResourceNotFoundException", "Secrets Manager can't find the specified secret."));

    await expect(secrets({ db: "db" }, { provider: new SecretsProvider() }).value()).rejects.toMatchObject({
      of: "secret.db",
      message: expect.stringContaining("can't find the specified secret"),
    });
  });

  it.for([
    { what: "nothing", found: undefined, says: 'The secret "db" is not there.' },
    { what: "an object", found: { password: "hunter2" }, says: 'The secret "db" is neither text nor bytes' },
  ])("fails init where it gives $what, without printing it", async ({ found, says }) => {
    const error = await secrets({ db: "db" }, { provider: { get: async () => found } })
      .value()
      .catch((failure: Error) => failure);

    expect(error).toMatchObject({ message: expect.stringContaining(says) });
    expect(inspect(error, { depth: 10 })).not.toContain("hunter2");
  });

  it.for([
    { what: "no text for a name", provider: { get: async () => 1, getMultiple: async () => ({}) }, says: 'The parameter "/a" is no text' },
    {
      what: "nothing for a name",
      provider: { get: async () => undefined, getMultiple: async () => ({}) },
      says: 'The parameter "/a" is not in',
    },
    {
      what: "no text for a path",
      provider: { get: async () => "a", getMultiple: async () => ({ b: 1 }) },
      says: 'The parameters below "/b" are no text',
    },
    {
      what: "no object for a path",
      provider: { get: async () => "a", getMultiple: async () => 1 },
      says: 'The parameters below "/b" are no text',
    },
  ])("fails init where it gives $what", async ({ provider, says }) => {
    await expect(parameters({ a: "/a", b: { path: "/b" } }, { provider }).value()).rejects.toThrow(says);
  });

  it("may find nothing below a path", async () => {
    const provider = { get: async () => "a", getMultiple: async () => undefined };

    expect(await parameters({ b: { path: "/b" } }, { provider }).value()).toEqual({ b: {} });
  });
});
