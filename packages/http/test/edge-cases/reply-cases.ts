import type { EdgeCase } from "./edge-case.ts";

const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 255]);
const base64 = (body: string | Uint8Array): string => Buffer.from(body).toString("base64");
const binary = (type: string, encoding?: string): EdgeCase => ({
  name: `sends ${type}${encoding === undefined ? "" : ` in ${encoding}`} as base64`,
  handler: {
    does: "respond",
    status: 200,
    headers: [["content-type", type], ...(encoding === undefined ? [] : [["content-encoding", encoding] as const])],
    body: png,
  },
  seen: { status: 200, bytes: base64(png), isBase64: true, headers: { "content-type": type } },
});
const textual = (type: string): EdgeCase => ({
  name: `sends ${type} as text`,
  handler: { does: "respond", status: 200, headers: [["content-type", type]], body: new TextEncoder().encode("aż") },
  seen: { status: 200, text: "aż", isBase64: false, headers: { "content-type": type } },
});
const refused = (name: string, headers: Readonly<Record<string, string>>): EdgeCase => ({
  name: `answers 500, and sends nothing of it, where a header has ${name}`,
  handler: { does: "reply", status: 200, headers, body: "hi" },
  seen: { status: 500, hides: "evil", noHeaders: ["set-cookie", "x-evil"] },
});

/** What a client sees of what a handler gives. */
export const replyCases: readonly EdgeCase[] = [
  {
    name: "sends an object as JSON",
    handler: { does: "return", value: { a: "ż" } },
    seen: { status: 200, text: '{"a":"ż"}', headers: { "content-type": "application/json" }, isBase64: false },
  },
  {
    name: "sends text",
    handler: { does: "return", value: "hi" },
    seen: { status: 200, text: "hi", headers: { "content-type": "text/plain; charset=utf-8" } },
  },
  {
    name: "sends bytes",
    handler: { does: "return", value: png },
    seen: { status: 200, bytes: base64(png), headers: { "content-type": "application/octet-stream" }, isBase64: true },
  },
  { name: "sends nothing as 204", handler: { does: "return", value: undefined }, seen: { status: 204, text: "" } },
  { name: "sends a status of one's own", handler: { does: "reply", status: 418, body: "teapot" }, seen: { status: 418, text: "teapot" } },
  {
    name: "sends headers by lists",
    handler: { does: "reply", status: 200, headers: { Vary: ["accept", "origin"], "X-A": "1" } },
    seen: { headers: { vary: "accept, origin", "x-a": "1" } },
  },
  {
    name: "sends a Latin-1 header",
    handler: { does: "reply", status: 200, headers: { "x-name": "é" } },
    seen: { status: 200, headers: { "x-name": "é" } },
  },

  {
    name: "sends one cookie",
    handler: { does: "reply", status: 200, headers: { "set-cookie": "a=1; Path=/" } },
    seen: { cookies: ["a=1; Path=/"] },
  },
  {
    name: "sends several cookies, each by itself, in their order",
    handler: { does: "reply", status: 200, headers: { "set-cookie": ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2", "c=3", "a=4"] } },
    seen: { cookies: ["a=1; Expires=Wed, 21 Oct 2026 07:28:00 GMT", "b=2", "c=3", "a=4"] },
  },
  {
    name: "sends the cookies of a web Response",
    handler: {
      does: "respond",
      status: 200,
      headers: [
        ["set-cookie", "a=1"],
        ["set-cookie", "b=2"],
      ],
      body: "hi",
    },
    seen: { cookies: ["a=1", "b=2"], text: "hi" },
  },
  {
    name: "sends more cookies than a name has letters",
    handler: { does: "reply", status: 200, headers: { "set-cookie": Array.from({ length: 40 }, (_, index) => `c${index}=${index}`) } },
    seen: { cookies: Array.from({ length: 40 }, (_, index) => `c${index}=${index}`) },
  },

  textual("application/json"),
  textual("application/problem+json; charset=utf-8"),
  textual("application/xml"),
  textual("image/svg+xml"),
  textual("application/yaml"),
  textual("text/javascript"),
  textual("application/javascript"),
  textual("application/x-www-form-urlencoded"),
  textual("text/html; charset=utf-8"),
  binary("application/pdf"),
  binary("image/png"),
  binary("font/woff2"),
  binary("application/x-unknown"),
  binary("application/json", "gzip"),
  binary("text/html", "br"),
  binary("application/xml", "deflate"),
  binary("text/css", "zstd"),
  {
    name: "sends text that is no UTF-8 as base64",
    handler: { does: "respond", status: 200, headers: [["content-type", "text/plain"]], body: new Uint8Array([0xe9, 0xff]) },
    seen: { bytes: base64(new Uint8Array([0xe9, 0xff])), isBase64: true },
  },

  {
    name: "sends the real content-length",
    handler: { does: "reply", status: 200, headers: { "content-length": "9999" }, body: "aż" },
    seen: { headers: { "content-length": "3" }, text: "aż" },
  },
  {
    name: "sends the real content-length of an empty body",
    handler: { does: "reply", status: 200, headers: { "content-length": "5" }, body: "" },
    seen: { status: 200, text: "", headers: { "content-length": "0" } },
  },
  {
    name: "sends the real content-length of bytes",
    handler: {
      does: "respond",
      status: 200,
      headers: [
        ["content-length", "1"],
        ["content-type", "image/png"],
      ],
      body: png,
    },
    seen: { headers: { "content-length": "6" } },
  },
  {
    name: "sends no transfer-encoding",
    handler: { does: "reply", status: 200, headers: { "transfer-encoding": "chunked" }, body: "a" },
    seen: { noHeaders: ["transfer-encoding"], text: "a" },
  },
  {
    name: "sends no body and no length with 204",
    handler: { does: "reply", status: 204, headers: { "content-length": "5", etag: "1" }, body: "hello" },
    seen: { status: 204, text: "", noHeaders: ["content-length"], headers: { etag: "1" } },
  },
  {
    name: "sends no body with 304",
    handler: { does: "reply", status: 304, headers: { etag: "1" }, body: "hello" },
    seen: { status: 304, text: "", headers: { etag: "1" } },
  },
  {
    name: "sends no body to HEAD",
    request: { method: "HEAD" },
    handler: { does: "reply", status: 200, headers: { "content-length": "5" }, body: "hello" },
    seen: { status: 200, text: "", headers: { "content-length": "5", "content-type": "text/plain; charset=utf-8" } },
  },
  {
    name: "sends no body of an error to HEAD",
    request: { method: "HEAD" },
    handler: { does: "throw", message: "evil" },
    seen: { status: 500, text: "", hides: "evil" },
  },

  refused("a line break in its value", { location: "/x\r\nset-cookie: evil=1" }),
  refused("a bare line feed in its value", { "x-a": "1\nx-evil: 1" }),
  refused("a bare carriage return in its value", { "x-a": "1\rx-evil: 1" }),
  refused("a NUL in its value", { "x-a": "evil\0" }),
  refused("a character beyond Latin-1 in its value", { "x-a": "evil ż" }),
  refused("a line break in a cookie", { "set-cookie": "a=1\r\nx-evil: 1" }),
  refused("a line break in its name", { "x\r\nx-evil": "1" }),
  refused("a space in its name", { "x evil": "1" }),
  refused("an empty name", { "": "evil" }),
  {
    name: "answers 500 where the handler throws, and tells nothing of it",
    handler: { does: "throw", message: "evil" },
    seen: { status: 500, headers: { "content-type": "application/problem+json" }, hides: "evil" },
  },
  {
    name: "answers 500 where an AWS SDK fails with a status, and tells nothing of it",
    handler: {
      does: "throw",
      message: "evil: user arn:aws:iam::123456789012:user/ann is not authorized to perform dynamodb:GetItem",
      with: {
        name: "AccessDeniedException",
        $fault: "client",
        $metadata: { httpStatusCode: 400, requestId: "evil-request" },
        $response: { statusCode: 400, headers: { "x-evil": "1" } },
      },
    },
    seen: { status: 500, headers: { "content-type": "application/problem+json" }, hides: "evil", noHeaders: ["x-evil"] },
  },
  {
    name: "answers 500 where a client of HTTP fails with a status, and tells nothing of it",
    handler: {
      does: "throw",
      message: "evil: no order in table orders-prod",
      with: { status: 404, statusCode: 404, expose: true, headers: { "x-evil": "1" }, detail: "evil", body: "evil" },
    },
    seen: { status: 500, headers: { "content-type": "application/problem+json" }, hides: "evil", noHeaders: ["x-evil"] },
  },
  { name: "answers 500 to a status that is none", handler: { does: "reply", status: 99 }, seen: { status: 500 } },
];
