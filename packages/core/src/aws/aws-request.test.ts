import type { ServerResponse } from "node:http";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { json, startService } from "../../test/service.ts";
import { type AwsCall, type AwsError, awsCall, awsRequest } from "./index.ts";

beforeEach(() => {
  vi.stubEnv("AWS_REGION", "eu-west-1");
  vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "the-secret-key");
  vi.stubEnv("AWS_SESSION_TOKEN", "the-session-token");
  // No waiting between tries, so that no test sleeps.
  vi.spyOn(Math, "random").mockReturnValue(0);
});

const send = (endpoint: string, options: Partial<AwsCall> = {}) =>
  awsCall({ service: "sqs", target: "AmazonSQS.SendMessage", input: { MessageBody: "hello" }, endpoint, ...options });
const failure = async (promise: Promise<unknown>): Promise<AwsError> =>
  promise.then(
    () => expect.unreachable("it succeeded"),
    (error: unknown) => error as AwsError,
  );

describe("awsCall", () => {
  it("sends signed JSON, and gives the answer", async () => {
    const { endpoint, requests } = await startService(json(200, { MessageId: "m-1" }));

    expect(await send(endpoint)).toEqual({ MessageId: "m-1" });
    expect(requests).toEqual([
      {
        method: "POST",
        url: "/",
        body: '{"MessageBody":"hello"}',
        port: expect.any(Number),
        headers: expect.objectContaining({
          host: endpoint.slice(7),
          "content-type": "application/x-amz-json-1.0",
          "content-length": "23",
          "x-amz-target": "AmazonSQS.SendMessage",
          "x-amz-security-token": "the-session-token",
          authorization: expect.stringMatching(
            /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sqs\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
          ),
        }),
      },
    ]);
  });

  it.for([
    { what: "no body", body: "", gives: {} },
    { what: "null", body: "null", gives: null },
  ])("gives $gives for an answer with $what", async ({ body, gives }) => {
    const { endpoint } = await startService((response) => void response.end(body));

    expect(await send(endpoint)).toEqual(gives);
  });

  it("speaks version 1.1 where it is asked to", async () => {
    const { endpoint, requests } = await startService(json(200, {}));

    await send(endpoint, { jsonVersion: "1.1" });

    expect(requests[0]?.headers["content-type"]).toBe("application/x-amz-json-1.1");
  });

  it("says that an answer is no JSON, without quoting it", async () => {
    const { endpoint, requests } = await startService((response) => void response.setHeader("x-amzn-requestid", "r-1").end("<secret/>"));

    const error = await failure(send(endpoint));

    expect(error).toMatchObject({
      code: "LAMELLA_AWS",
      name: "AwsError",
      awsCode: "InvalidAnswer",
      status: 200,
      requestId: "r-1",
      retryable: false,
    });
    expect(error.message).toBe(
      "sqs SendMessage failed: InvalidAnswer (status 200, request r-1). It is not JSON. Check that the endpoint is the service's.",
    );
    expect(requests).toHaveLength(1);
  });

  it("keeps its connection from one call to the next", async () => {
    const { endpoint, requests } = await startService(json(200, {}));

    await send(endpoint);
    await send(endpoint);

    expect(requests[1]?.port).toBe(requests[0]?.port);
  });
});

describe("awsRequest", () => {
  it("sends a path below the endpoint's own, with its query, and gives the answer as it came", async () => {
    const { endpoint, requests } = await startService((response) => void response.writeHead(202, { "x-note": "a" }).end(Buffer.of(0, 255)));

    const response = await awsRequest({
      service: "execute-api",
      operation: "PostToConnection",
      endpoint: `${endpoint}/prod/`,
      path: "/@connections/a%3D?x=a+b",
      method: "PUT",
      headers: { "X-Note": "b" },
      body: Buffer.from("hello"),
    });

    expect(response).toMatchObject({ status: 202, headers: { "x-note": "a" }, body: Buffer.of(0, 255) });
    expect(requests[0]).toMatchObject({ method: "PUT", url: "/prod/@connections/a%3D?x=a%20b", body: "hello", headers: { "x-note": "b" } });
  });

  it.for([
    { when: "the service fails", first: json(500, {}) },
    { when: "it is not available", first: json(503, { message: "busy" }) },
    { when: "it throttles, by status", first: json(429, {}) },
    { when: "it throttles, by code", first: json(400, { __type: "com.amazonaws.sqs#ThrottlingException" }) },
    {
      when: "a table has no capacity",
      first: json(400, { __type: "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException" }),
    },
    { when: "the connection is reset", first: (response: ServerResponse) => void response.destroy() },
    {
      when: "the answer breaks off",
      first: (response: ServerResponse) => {
        response.writeHead(200, { "content-length": "100" }).write('{"MessageId"', () => response.destroy());
      },
    },
    { when: "no answer comes", first: () => {} },
    { when: "the answer never ends", first: (response: ServerResponse) => void response.writeHead(200).write("{") },
  ])("tries again when $when", async ({ first }) => {
    const { endpoint, requests } = await startService(first, json(200, { MessageId: "m-1" }));

    expect(await send(endpoint, { timeoutMs: 100 })).toEqual({ MessageId: "m-1" });
    expect(requests).toHaveLength(2);
    expect(requests[1]?.body).toBe(requests[0]?.body);
  });

  it.for([
    { attempts: 1, tries: 1 },
    { attempts: undefined, tries: 3 },
    { attempts: 4, tries: 4 },
  ])("tries $tries times in all with attempts $attempts", async ({ attempts, tries }) => {
    const { endpoint, requests } = await startService(
      json(500, { __type: "InternalFailure", message: "oops" }, { "x-amzn-requestid": "r-1" }),
    );

    const error = await failure(send(endpoint, { attempts }));

    expect(requests).toHaveLength(tries);
    expect(error).toMatchObject({ awsCode: "InternalFailure", status: 500, requestId: "r-1", retryable: true, serviceMessage: "oops" });
  });

  it.for([
    { of: "__type with a namespace", body: { __type: "com.amazonaws.sqs#QueueDoesNotExist" }, headers: {}, awsCode: "QueueDoesNotExist" },
    {
      of: "a header with an address",
      body: {},
      headers: { "x-amzn-errortype": "GoneException:http://internal.amazon.com/" },
      awsCode: "GoneException",
    },
    { of: "code", body: { code: "NotFound" }, headers: {}, awsCode: "NotFound" },
    { of: "nothing at all", body: null, headers: {}, awsCode: "Status410" },
    { of: "what is no text", body: { __type: 5, message: {} }, headers: {}, awsCode: "Status410" },
  ])("takes the service's code of $of, and does not try again", async ({ body, headers, awsCode }) => {
    const { endpoint, requests } = await startService(json(410, body, headers));

    expect(await failure(send(endpoint))).toMatchObject({ awsCode, status: 410, retryable: false });
    expect(requests).toHaveLength(1);
  });

  it("takes an answer of HTML for a failure", async () => {
    const { endpoint } = await startService((response) => void response.writeHead(403).end("<html>proxy</html>"));

    expect((await failure(send(endpoint))).message).toBe("sqs SendMessage failed: Status403 (status 403, request unknown).");
  });

  it("takes a redirect for a failure", async () => {
    const { endpoint } = await startService((response) => void response.writeHead(307, { location: "https://example.com" }).end());

    expect(await failure(send(endpoint))).toMatchObject({ status: 307, retryable: false });
  });

  it("says who lacks which permission", async () => {
    const message = "User: arn:aws:sts::123456789012:assumed-role/worker is not authorized to perform: sqs:SendMessage";
    const { endpoint } = await startService(
      json(403, { __type: "com.amazonaws.sqs#AccessDeniedException", message }, { "x-amzn-requestid": "r-1" }),
    );

    expect((await failure(send(endpoint))).message).toBe(
      `sqs SendMessage failed: AccessDeniedException (status 403, request r-1). ${message}`,
    );
  });

  it("prints neither secrets nor what the service quotes", async () => {
    const message = "The Canonical String should have been 'x-amz-security-token:the-session-token' for hello";
    const { endpoint } = await startService(json(403, { __type: "SignatureDoesNotMatch", message }));
    const error = await failure(send(endpoint));
    const { inspect } = await import("node:util");

    for (const secret of ["the-session-token", "the-secret-key", "hello"]) {
      expect(inspect(error)).not.toContain(secret);
      expect(JSON.stringify(error)).not.toContain(secret);
    }
    expect(error.serviceMessage).toBe(message);
  });

  it("gives up an answer that is too large, and does not ask for it again", async () => {
    const { endpoint, requests } = await startService((response) => {
      const more = () => void (response.destroyed || (response.write(Buffer.alloc(65_536)), setImmediate(more)));
      more();
    });

    expect(await failure(send(endpoint, { maxBytes: 1_000_000 }))).toMatchObject({ awsCode: "AnswerTooLarge", retryable: false });
    expect(requests).toHaveLength(1);
  });

  it.for([
    { size: 999, gives: "resolved" },
    { size: 1_001, gives: "AnswerTooLarge" },
  ])("comes to $gives with $size bytes of 1,000", async ({ size, gives }) => {
    const { endpoint } = await startService((response) => void response.end(Buffer.alloc(size)));
    const request = awsRequest({ service: "s3", operation: "GetObject", method: "GET", endpoint, maxBytes: 1_000 });

    expect(
      await request.then(
        () => "resolved",
        ({ awsCode }: AwsError) => awsCode,
      ),
    ).toBe(gives);
  });

  it("says what to look at when nothing is there", async () => {
    const error = await failure(send("http://127.0.0.1:9"));

    expect(error).toMatchObject({ awsCode: "ECONNREFUSED", status: undefined, retryable: true, cause: { code: "ECONNREFUSED" } });
    expect(error.message).toBe(
      "sqs SendMessage failed: ECONNREFUSED. Check that the function reaches 127.0.0.1:9: in a VPC that takes an endpoint or a NAT gateway.",
    );
  });

  it("says that an answer broke off, without waiting for the rest", async () => {
    const { endpoint } = await startService((response) => {
      response.writeHead(200, { "content-length": "100" }).write("{", () => response.destroy());
    });

    expect(await failure(send(endpoint, { attempts: 1 }))).toMatchObject({ awsCode: "ECONNRESET", retryable: true });
  });

  it("signs by the service's clock when its own is wrong", async () => {
    const wrong = json(400, { __type: "InvalidSignatureException" }, { date: new Date(Date.now() + 600_000).toUTCString() });
    const { endpoint, requests } = await startService(wrong, json(200, {}), json(200, {}), wrong);
    await send(endpoint);
    await send(endpoint);

    const dates = requests.map(({ headers }) =>
      String(headers["x-amz-date"]).replace(/(....)(..)(..)T(..)(..)(..)Z/, "$1-$2-$3T$4:$5:$6Z"),
    );
    const aheadMs = dates.map((date) => Date.parse(date) - Date.now());
    expect(aheadMs.map((ms) => Math.abs(Math.round(ms / 60_000)))).toEqual([0, 10, 10]);
    // It agrees now, so something else is wrong.
    expect(await failure(send(endpoint))).toMatchObject({ awsCode: "InvalidSignatureException", retryable: false });
    // And back, for the tests that follow.
    await send((await startService(json(403, { __type: "RequestExpired" }, { date: new Date().toUTCString() }), json(200, {}))).endpoint);
  });

  it("ends all tries within withinMs", async () => {
    const { endpoint, requests } = await startService(() => {});
    const startedAt = performance.now();

    expect(await failure(send(endpoint, { timeoutMs: 5_000, withinMs: 80 }))).toMatchObject({ awsCode: "TimedOut", retryable: true });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(requests.length).toBeLessThan(3);
  });

  it("does not wait for another try that would come after withinMs", async () => {
    vi.mocked(Math.random).mockReturnValue(0.999);
    const { endpoint, requests } = await startService(json(500, {}));

    expect(await failure(send(endpoint, { withinMs: 90 }))).toMatchObject({ status: 500 });
    expect(requests).toHaveLength(1);
  });

  it("starts nothing when there is no time", async () => {
    const { endpoint, requests } = await startService(json(200, {}));

    expect(await failure(send(endpoint, { withinMs: 0 }))).toMatchObject({ awsCode: "TimedOut" });
    expect(requests).toHaveLength(0);
  });

  it("rejects with the signal's reason, before, while it waits for an answer, and between tries", async () => {
    const reason = new Error("enough");
    const { endpoint, requests } = await startService(() => {});
    await expect(send(endpoint, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(requests).toHaveLength(0);

    const during = new AbortController();
    const pending = send(endpoint, { signal: during.signal, attempts: 1 });
    await vi.waitFor(() => expect(requests).toHaveLength(1));
    during.abort(reason);
    await expect(pending).rejects.toBe(reason);

    vi.mocked(Math.random).mockReturnValue(0.999);
    const between = new AbortController();
    const failing = await startService(json(500, {}), () => between.abort(reason));
    await expect(send(failing.endpoint, { signal: between.signal, attempts: 9 })).rejects.toBe(reason);
  });

  it("leaves no timer and no listener behind", async () => {
    const { endpoint } = await startService(json(500, {}), json(200, {}));
    const { signal } = new AbortController();
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
    const before = timers();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");

    await send(endpoint, { signal });

    expect(new Set(removed.mock.calls.map(([, listener]) => listener))).toEqual(new Set(added.mock.calls.map(([, listener]) => listener)));
    expect(timers()).toBe(before);
  });

  it.for([
    { without: "AWS_REGION", awsCode: "NoRegion" },
    { without: "AWS_ACCESS_KEY_ID", awsCode: "NoCredentials" },
    { without: "AWS_SECRET_ACCESS_KEY", awsCode: "NoCredentials" },
  ])("says $awsCode without $without", async ({ without, awsCode }) => {
    vi.stubEnv(without, undefined);
    const { endpoint, requests } = await startService(json(200, {}));

    expect(await failure(send(endpoint))).toMatchObject({ awsCode, retryable: false });
    expect(requests).toHaveLength(0);
  });

  it("says so when a header cannot be sent", async () => {
    const { endpoint } = await startService(json(200, {}));

    expect(await failure(awsRequest({ service: "sqs", operation: "X", endpoint, headers: { "x-a": "a\nb" } }))).toMatchObject({
      awsCode: "ERR_INVALID_CHAR",
      retryable: false,
    });
  });

  it("goes where the environment says", async () => {
    const { endpoint, requests } = await startService(json(200, {}));
    vi.stubEnv("AWS_ENDPOINT_URL_SQS", `${endpoint}/`);

    await awsCall({ service: "sqs", target: "AmazonSQS.ListQueues", input: {} });

    expect(requests[0]?.url).toBe("/");
  });
});
