import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { json, startService } from "../../test/service.ts";
import { credentials } from "./index.ts";

beforeEach(() => {
  for (const name of [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  ])
    vi.stubEnv(name, undefined);
});

const answer = (id: string, livesMs: number) =>
  json(200, { AccessKeyId: id, SecretAccessKey: "secret", Token: "token", Expiration: new Date(Date.now() + livesMs).toISOString() });

describe("credentials", () => {
  it("are those of the environment, read at each call", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "one");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    expect(await credentials()).toEqual({ accessKeyId: "one", secretAccessKey: "secret", sessionToken: undefined });

    vi.stubEnv("AWS_ACCESS_KEY_ID", "two");
    vi.stubEnv("AWS_SESSION_TOKEN", "token");
    expect(await credentials()).toEqual({ accessKeyId: "two", secretAccessKey: "secret", sessionToken: "token" });
  });

  it("are fetched from the container once, also by many at once, and kept", async () => {
    const { endpoint, requests } = await startService(answer("one", 3_600_000));
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", `${endpoint}/credentials`);
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "Bearer a");

    const all = await Promise.all([credentials(), credentials(), credentials()]);
    await credentials();

    expect(all).toEqual(all.map(() => ({ accessKeyId: "one", secretAccessKey: "secret", sessionToken: "token" })));
    expect(requests).toEqual([
      expect.objectContaining({ method: "GET", url: "/credentials", headers: expect.objectContaining({ authorization: "Bearer a" }) }),
    ]);
  });

  it.for([
    { livesMs: 299_000, gives: "two", requests: 2 },
    { livesMs: 310_000, gives: "one", requests: 1 },
  ])("are $gives when the first live $livesMs ms, because five minutes before is too late", async ({ livesMs, gives, requests: count }) => {
    const { endpoint, requests } = await startService(answer("one", livesMs), answer("two", 3_600_000));
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint);

    await credentials();

    expect(await credentials()).toMatchObject({ accessKeyId: gives });
    expect(requests).toHaveLength(count);
  });

  it("are asked for with the token of a file, as it is now, before the one of the environment", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "lamella-")), "token");
    const { endpoint, requests } = await startService(answer("one", 0));
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint);
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "environment");
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", file);

    for (const token of ["first", "second"]) {
      writeFileSync(file, `${token}\n`);
      await credentials();
    }

    expect(requests.map(({ headers }) => headers.authorization)).toEqual(["first", "second"]);
  });

  it.for([
    { when: "there is nothing", answers: undefined, awsCode: "NoCredentials", retryable: false },
    { when: "the container refuses", answers: json(403, {}), awsCode: "CredentialsNotFetched", retryable: true },
    { when: "its answer has no keys", answers: json(200, {}), awsCode: "CredentialsNotFetched", retryable: false },
    { when: "its answer is null", answers: json(200, null), awsCode: "CredentialsNotFetched", retryable: true },
    { when: "its answer is larger than any", answers: json(200, "x".repeat(70_000)), awsCode: "CredentialsNotFetched", retryable: true },
  ])("are an error when $when", async ({ answers, awsCode, retryable }) => {
    if (answers !== undefined) vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", (await startService(answers)).endpoint);

    await expect(credentials()).rejects.toMatchObject({ code: "LAMELLA_AWS", awsCode, retryable });
  });

  it("are not quoted when the answer is no JSON", async () => {
    const { endpoint } = await startService((response) => void response.end("hunter2 is no JSON"));
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint);
    const { inspect } = await import("node:util");

    expect(inspect(await credentials().catch((error: unknown) => error))).not.toContain("hunter2");
  });

  it("are fetched again after a failure", async () => {
    const { endpoint } = await startService(json(500, {}), answer("one", 3_600_000));
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", endpoint);

    await expect(credentials()).rejects.toMatchObject({ awsCode: "CredentialsNotFetched" });
    expect(await credentials()).toMatchObject({ accessKeyId: "one" });
  });

  it.for([
    { address: "http://example.com/", is: "a stranger" },
    { address: "http://169.254.170.3/", is: "a neighbour of ECS" },
    { address: "http://127.0.0.1.example.com/", is: "one that looks like this machine" },
    { address: "not a URL", is: "no URL" },
  ])("do not send the token to $is without TLS", async ({ address }) => {
    vi.stubEnv("AWS_CONTAINER_CREDENTIALS_FULL_URI", address);
    vi.stubEnv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "token");

    const error = await credentials().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ awsCode: "CredentialsNotFetched" });
    expect(String((error as Error).cause)).toMatch(/neither HTTPS|Invalid URL/);
  });
});
