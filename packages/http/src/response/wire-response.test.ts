import { wrap } from "@lamella/core";
import { describe, expect, it, vi } from "vitest";
import { apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("bytes", () => {
  it.for<{ type: string; encoding?: string; text: boolean }>([
    { type: "text/plain", text: true },
    { type: "text/html; charset=utf-8", text: true },
    { type: "TEXT/CSS", text: true },
    { type: "application/json", text: true },
    { type: "application/problem+json; charset=utf-8", text: true },
    { type: "application/xml", text: true },
    { type: "application/atom+xml", text: true },
    { type: "image/svg+xml", text: true },
    { type: "application/yaml", text: true },
    { type: "application/x-yaml", text: true },
    { type: "application/javascript", text: true },
    { type: "application/x-ndjson", text: true },
    { type: "application/x-www-form-urlencoded", text: true },
    { type: "application/json", encoding: "identity", text: true },
    { type: "application/json", encoding: "gzip", text: false },
    { type: "application/json", encoding: "br", text: false },
    { type: "application/json", encoding: "deflate", text: false },
    { type: "application/json", encoding: "zstd", text: false },
    { type: "application/jsonish", text: false },
    { type: "application/pdf", text: false },
    { type: "image/png", text: false },
    { type: "font/woff2", text: false },
    { type: "multipart/form-data; boundary=x", text: false },
    { type: "application/x-unknown", text: false },
    { type: "", text: false },
  ])("are sent as text: $text, of type $type and encoding $encoding", async ({ type, encoding, text }) => {
    const headers = { "content-type": type, ...(encoding === undefined ? {} : { "content-encoding": encoding }) };

    const reply = await wrap(httpApi(), async ({ reply: answer }) => answer(200, bytes("abc"), headers))(apiEvent(), context());

    expect(reply).toEqual({ statusCode: 200, headers, body: text ? "abc" : "YWJj", ...(text ? {} : { isBase64Encoded: true }) });
  });

  it.for<{ what: string; sent: Uint8Array; body: string; isBase64Encoded: boolean }>([
    { what: "no UTF-8", sent: new Uint8Array([0xe9]), body: "6Q==", isBase64Encoded: true },
    { what: "a byte order mark, which stays", sent: bytes("\ufeffa"), body: "\ufeffa", isBase64Encoded: false },
    { what: "beyond Latin-1", sent: bytes("ż"), body: "ż", isBase64Encoded: false },
    { what: "nothing", sent: bytes(""), body: "", isBase64Encoded: false },
  ])("that say they are text arrive as they are when they are $what", async ({ sent, body, isBase64Encoded }) => {
    const reply = await wrap(httpApi(), async ({ reply: answer }) => answer(200, sent, { "content-type": "text/plain" }))(
      apiEvent(),
      context(),
    );

    expect(reply).toMatchObject({ body, ...(isBase64Encoded && { isBase64Encoded }) });
    expect("isBase64Encoded" in reply).toBe(isBase64Encoded);
  });

  it("that are a part of a larger buffer are sent alone", async () => {
    const reply = await wrap(httpApi(), async () => Buffer.from("xabcx").subarray(1, 4))(apiEvent(), context());

    expect(reply.body).toBe("YWJj");
  });
});

describe("a stream", () => {
  it("is cancelled where no body is sent", async () => {
    const cancel = vi.fn();

    await wrap(httpApi(), async () => new ReadableStream({ cancel }))(apiEvent({ method: "HEAD" }), context());

    expect(cancel).toHaveBeenCalledOnce();
  });

  it("may be of text", async () => {
    const text = new ReadableStream({
      start: (controller) => {
        controller.enqueue("a");
        controller.enqueue("ż");
        controller.close();
      },
    });

    const reply = await wrap(httpApi(), async ({ reply: answer }) => answer(200, text, { "content-type": "text/plain" }))(
      apiEvent(),
      context(),
    );

    expect(reply.body).toBe("aż");
  });
});

describe("a Response of fetch", () => {
  it("has lost the encoding that fetch has undone, and keeps all else", async () => {
    const fetched = new Response("decoded", {
      headers: { "content-encoding": "gzip", "content-length": "9", "content-type": "text/plain", etag: "1" },
    });
    Object.defineProperty(fetched, "url", { value: "https://upstream.example/" });

    const reply = await wrap(httpApi(), async () => fetched)(apiEvent(), context());

    expect(reply).toEqual({ statusCode: 200, headers: { "content-type": "text/plain", etag: "1" }, body: "decoded" });
  });

  it("keeps its length when it was not encoded", async () => {
    const fetched = new Response("plain", { headers: { "content-length": "5" } });
    Object.defineProperty(fetched, "url", { value: "https://upstream.example/" });

    expect((await wrap(httpApi(), async () => fetched)(apiEvent(), context())).headers).toMatchObject({ "content-length": "5" });
  });
});
