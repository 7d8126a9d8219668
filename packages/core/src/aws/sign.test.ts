import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsV4Signer } from "aws4fetch";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Signable, sign } from "./index.ts";

const date = new Date("2026-01-31T12:34:56.789Z");
const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY" };

interface Case extends Omit<Signable, "url" | "credentials" | "region" | "method"> {
  readonly of: string;
  readonly method?: string;
  readonly url: string;
  readonly sessionToken?: string | undefined;
  readonly region?: string;
}

function toSignable({ url, method = "POST", region = "eu-west-1", sessionToken, ...rest }: Omit<Case, "of">): Signable {
  return { ...rest, url: new URL(url), method, region, credentials: { ...credentials, sessionToken }, date };
}

/** The signature that aws4fetch makes. */
async function byAws4fetch({ method, url, headers, body, service, region, credentials: keys }: Signable): Promise<string> {
  const signer = new AwsV4Signer({
    method,
    url: url.href,
    service,
    region,
    accessKeyId: keys.accessKeyId,
    secretAccessKey: keys.secretAccessKey,
    ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
    headers: { ...headers },
    ...(body !== undefined && { body }),
    datetime: "20260131T123456Z",
    allHeaders: true,
  });
  return (await signer.sign()).headers.get("authorization") ?? "";
}

class Sha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Uint8Array };
  constructor(secret?: never) {
    this.#hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret);
  }
  update(data: unknown): void {
    this.#hash.update(typeof data === "string" ? Buffer.from(data) : (data as Uint8Array));
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {}
}

/** The signature that the AWS SDK makes. */
async function bySdk({ method, url, headers, body, service, region, credentials: keys }: Signable): Promise<string> {
  const query: Record<string, string[]> = {};
  for (const [name, value] of url.searchParams) (query[name] ??= []).push(value);
  const isS3 = service === "s3";
  const signer = new SignatureV4({
    service,
    region,
    credentials: {
      accessKeyId: keys.accessKeyId,
      secretAccessKey: keys.secretAccessKey,
      ...(keys.sessionToken !== undefined && { sessionToken: keys.sessionToken }),
    },
    sha256: Sha256 as never,
    uriEscapePath: !isS3,
    applyChecksum: isS3,
  });
  const signed = await signer.sign(
    {
      method,
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port !== "" && { port: Number(url.port) }),
      path: url.pathname,
      query,
      headers: { host: url.host, ...headers },
      body,
    } as never,
    { signingDate: date },
  );
  return (signed as unknown as { readonly headers: Readonly<Record<string, string>> }).headers["authorization"] ?? "";
}

const jsonHeaders = { "content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage" };

describe("sign", () => {
  it.for<Case>([
    { of: "a JSON call", service: "sqs", url: "https://sqs.eu-west-1.amazonaws.com/", headers: jsonHeaders, body: '{"a":"ü"}' },
    { of: "one with a session token", service: "sqs", url: "https://sqs.eu-west-1.amazonaws.com/", body: "{}", sessionToken: "FQoG/+==" },
    { of: "an empty body", service: "sqs", url: "https://sqs.eu-west-1.amazonaws.com/" },
    { of: "a body of bytes", service: "lambda", url: "https://lambda.eu-west-1.amazonaws.com/", body: Uint8Array.of(0, 255, 1) },
    {
      of: "a GET with a query",
      method: "GET",
      service: "lambda",
      url: "https://lambda.eu-west-1.amazonaws.com/2015-03-31/functions?b=2&a=1&a=0",
    },
    { of: "names that begin alike", method: "GET", service: "lambda", url: "https://l.example.com/?a-b=1&a=2&a.c=3&aa=4&a=" },
    {
      of: "a query that is encoded",
      method: "GET",
      service: "lambda",
      url: "https://l.example.com/?q=a%20b%2Bc%2Fd%7E%21%27%28%29%2A&%C3%BC=%E2%82%AC",
    },
    {
      of: "a connection id with its padding encoded",
      service: "execute-api",
      url: "https://abc.execute-api.eu-west-1.amazonaws.com/prod/@connections/L0SM9cOFvHcCIhw%3D",
      body: "hi",
    },
    {
      of: "a connection id as it is",
      service: "execute-api",
      url: "https://abc.execute-api.eu-west-1.amazonaws.com/prod/@connections/L0SM9cOFvHcCIhw=",
      body: "hi",
    },
    {
      of: "an @ that is encoded",
      method: "DELETE",
      service: "execute-api",
      url: "https://abc.execute-api.eu-west-1.amazonaws.com/prod/%40connections/x",
    },
    { of: "a path with spaces, dots and slashes", method: "GET", service: "lambda", url: "https://l.example.com/a%20b/../c//d/./e%2Ff/" },
    { of: "characters that are left as they are", method: "GET", service: "lambda", url: "https://l.example.com/!$&'()*+,;=:@~_-." },
    { of: "a port", service: "sqs", url: "http://127.0.0.1:4566/", body: "{}" },
    {
      of: "a header with spaces in it",
      service: "sqs",
      url: "https://sqs.eu-west-1.amazonaws.com/",
      headers: { "X-Amz-Note": "  a   b  " },
    },
    { of: "a content type", service: "sqs", url: "https://sqs.eu-west-1.amazonaws.com/", headers: { "content-type": "a/b" } },
    { of: "an object of S3", method: "GET", service: "s3", url: "https://bucket.s3.eu-west-1.amazonaws.com/a%20b/c%2Bd//e.json" },
    { of: "another region", service: "sqs", region: "cn-north-1", url: "https://sqs.cn-north-1.amazonaws.com.cn/", body: "{}" },
  ])("signs $of as aws4fetch and the AWS SDK do", async ({ of: _of, ...request }) => {
    const signable = toSignable(request);

    const { authorization } = sign(signable).headers;

    expect(authorization).toBe(await bySdk(signable));
    // It leaves the bodies of S3 unsigned.
    if (request.service !== "s3") expect(authorization).toBe(await byAws4fetch(signable));
  });

  it("signs any path, query, header and body as the AWS SDK does", async () => {
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    const input = fc.record({
      method: fc.constantFrom("GET", "POST", "PUT", "DELETE"),
      service: fc.constantFrom("sqs", "dynamodb", "execute-api", "appsync"),
      path: fc.array(text, { maxLength: 4 }),
      query: fc.dictionary(fc.stringMatching(/^[\w.~ -]{1,6}$/), fc.array(text, { minLength: 1, maxLength: 3 }), { maxKeys: 4 }),
      headers: fc.dictionary(fc.stringMatching(/^x-[a-z0-9-]{1,8}$/), fc.stringMatching(/^[!-~]([ -~]*[!-~])?$/), { maxKeys: 4 }),
      body: fc.oneof(text, fc.uint8Array()),
      sessionToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,20}$/), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(input, async ({ path, query, ...rest }) => {
        const url = new URL(`https://service.example.com/${path.map(encodeURIComponent).join("/")}`);
        for (const [name, values] of Object.entries(query)) for (const value of values) url.searchParams.append(name, value);
        const signable = toSignable({ ...rest, url: url.href });

        const signed = sign(signable);

        expect(signed.headers["authorization"]).toBe(await bySdk(signable));
        // The query that is sent says the same as the one that was given.
        expect([...signed.url.searchParams]).toEqual([...url.searchParams]);
        expect(signed.url.pathname).toBe(url.pathname);
      }),
      { numRuns: 500 },
    );
  });

  it("leaves out of the signature what agents and proxies change, and sends it all the same", () => {
    const of = (headers: Record<string, string>) =>
      sign(toSignable({ service: "sqs", url: "https://sqs.eu-west-1.amazonaws.com/", headers }));
    const changing = of({ "User-Agent": "a", "X-Amzn-Trace-Id": "Root=1", expect: "100-continue", connection: "close" });

    expect(changing.headers["authorization"]).toBe(of({}).headers["authorization"]);
    expect(changing.headers).toMatchObject({ "user-agent": "a", "x-amzn-trace-id": "Root=1" });
  });

  it("sends a space in the query as it was signed", () => {
    const { url } = sign(toSignable({ service: "lambda", url: "https://l.example.com/?b=x+y&a=%2B" }));

    expect(url.search).toBe("?b=x%20y&a=%2B");
  });

  it("signs for now, and changes nothing that it was given", () => {
    const headers = Object.freeze({ A: "b" });
    const url = Object.freeze(new URL("https://l.example.com/?b=x+y"));
    const { date: _date, ...signable } = { ...toSignable({ service: "lambda", url: url.href, headers }), url };

    const signed = sign(signable);

    expect(signed.headers["x-amz-date"]).toMatch(/^\d{8}T\d{6}Z$/);
    expect(url.search).toBe("?b=x+y");
  });
});
