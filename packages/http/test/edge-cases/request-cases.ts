import type { EdgeCase } from "./edge-case.ts";

const base64 = (body: string | Uint8Array): string => Buffer.from(body).toString("base64");
const all = (values: readonly number[]): Uint8Array => new Uint8Array(values);
const everyByte = all(Array.from({ length: 256 }, (_, byte) => byte));

const LAST = "a load balancer without multi-value headers sends the last value alone";

/** What a handler sees of a request. */
export const requestCases: readonly EdgeCase[] = [
  // The query.
  { name: "has no query where there is none", request: { path: "/a" }, picture: { query: [] } },
  {
    name: "has every value of a repeated name, in their order",
    request: { query: "tag=b&tag=a&tag=b" },
    picture: {
      query: [
        ["tag", "b"],
        ["tag", "a"],
        ["tag", "b"],
      ],
    },
    but: { "ALB, single values": { query: [["tag", "b"]] } },
  },
  {
    name: "has an empty value",
    request: { query: "a=&b=1" },
    picture: {
      query: [
        ["a", ""],
        ["b", "1"],
      ],
    },
  },
  {
    name: "has a name without a value as empty",
    request: { query: "flag&b=1" },
    picture: {
      query: [
        ["flag", ""],
        ["b", "1"],
      ],
    },
  },
  {
    name: "has an empty value among others",
    request: { query: "a=1&a=&a=2" },
    picture: {
      query: [
        ["a", "1"],
        ["a", ""],
        ["a", "2"],
      ],
    },
    but: { "ALB, single values": { query: [["a", "2"]] } },
  },
  {
    name: "has a plus as a space, and an encoded plus as a plus",
    request: { query: "a=x+y&b=x%2By" },
    picture: {
      query: [
        ["a", "x y"],
        ["b", "x+y"],
      ],
    },
  },
  {
    name: "has commas, encoded or not, as part of a value",
    request: { query: "a=1%2C2&b=1,2" },
    picture: {
      query: [
        ["a", "1,2"],
        ["b", "1,2"],
      ],
    },
  },
  {
    name: "has the commas of repeated values",
    request: { query: "a=1%2C2&a=3" },
    picture: {
      query: [
        ["a", "1,2"],
        ["a", "3"],
      ],
    },
    but: { "ALB, single values": { query: [["a", "3"]] } },
  },
  {
    name: "has what is no encoding as it is",
    request: { query: "a=%ZZ&b=100%25&c=%" },
    picture: {
      query: [
        ["a", "%ZZ"],
        ["b", "100%"],
        ["c", "%"],
      ],
    },
  },
  {
    name: "has names that need decoding, decoded",
    request: { query: "filter%5Bname%5D=x&%C5%BC+y=1" },
    picture: {
      query: [
        ["filter[name]", "x"],
        ["ż y", "1"],
      ],
    },
  },
  {
    name: "decodes once",
    request: { query: "a=%252C&b=%2525" },
    picture: {
      query: [
        ["a", "%2C"],
        ["b", "%25"],
      ],
    },
  },
  {
    name: "has ampersands, equals signs and hashes of values",
    request: { query: "a=1%262&b=x%3Dy=z&c=%23d" },
    picture: {
      query: [
        ["a", "1&2"],
        ["b", "x=y=z"],
        ["c", "#d"],
      ],
    },
  },
  {
    name: "has names of members of every object",
    request: { query: "constructor=1&__proto__=2" },
    picture: {
      query: [
        ["constructor", "1"],
        ["__proto__", "2"],
      ],
    },
  },

  // The path.
  { name: "has the root", request: { path: "/" }, picture: { path: "/", target: "/" } },
  {
    name: "keeps a path that looks like a host a path",
    request: { path: "//evil.example/x" },
    picture: { path: "//evil.example/x", target: "//evil.example/x" },
  },
  {
    name: "leaves dots that are part of a name",
    request: { path: "/a/..b/.c/..." },
    picture: { path: "/a/..b/.c/...", target: "/a/..b/.c/..." },
  },
  {
    name: "does not go up for dots in the path: what the service took to be under /public is under /public",
    request: { path: "/public/../admin/./x" },
    picture: { path: "/public/../admin/./x", target: "/public/%252E%252E/admin/%252E/x" },
  },
  {
    name: "does not go up for dots that are encoded, nor for those that the service has decoded",
    request: { path: "/public/%2e%2E/admin" },
    picture: { path: "/public/%2e%2E/admin", target: "/public/%252e%252E/admin" },
    but: {
      "HTTP API 1.0": { path: "/public/../admin", target: "/public/%252E%252E/admin" },
      "HTTP API 2.0": { path: "/public/../admin", target: "/public/%252E%252E/admin" },
    },
  },
  {
    name: "takes no backslash for a slash",
    request: { path: "/public/..%5C..%5Cadmin" },
    picture: { path: "/public/..%5C..%5Cadmin", target: "/public/..%5C..%5Cadmin" },
    but: {
      "HTTP API 1.0": { path: "/public/..\\..\\admin", target: "/public/..%5C..%5Cadmin" },
      "HTTP API 2.0": { path: "/public/..\\..\\admin", target: "/public/..%5C..%5Cadmin" },
    },
  },
  {
    name: "leaves the path encoded, where the service does",
    request: { path: "/a%20b/%C5%BC/x%2Fy" },
    picture: { path: "/a%20b/%C5%BC/x%2Fy", target: "/a%20b/%C5%BC/x%2Fy" },
    but: {
      "HTTP API 1.0": { path: "/a b/ż/x/y", target: "/a%20b/%C5%BC/x/y" },
      "HTTP API 2.0": { path: "/a b/ż/x/y", target: "/a%20b/%C5%BC/x/y" },
    },
  },
  {
    name: "never decodes the path twice",
    request: { path: "/100%2525" },
    picture: { path: "/100%2525" },
    but: { "HTTP API 1.0": { path: "/100%25" }, "HTTP API 2.0": { path: "/100%25" } },
  },
  {
    name: "keeps an encoded question mark and hash in the path",
    request: { path: "/who%3Fadmin=1%23x", query: "a=1" },
    picture: { target: "/who%3Fadmin=1%23x?a=1", query: [["a", "1"]] },
  },

  // Headers.
  { name: "has headers by name in any case", request: { headers: { "X-Mixed-Case": "1" } }, picture: { headers: { "x-mixed-case": "1" } } },
  {
    name: "has all values of a header, in their order",
    request: { headers: { "x-tag": ["b", "a"] } },
    picture: { headers: { "x-tag": "b, a" } },
    not: {
      "ALB, single values": LAST,
      "HTTP API 2.0": "API Gateway joins by a comma alone",
      "function URL": "Lambda joins by a comma alone",
    },
  },
  {
    name: "has all values of a header that came joined by commas",
    request: { headers: { "x-tag": "b,a" } },
    picture: { headers: { "x-tag": "b,a" } },
  },
  {
    name: "has several X-Forwarded-For values in their order",
    request: { headers: { "X-Forwarded-For": "203.0.113.7, 198.51.100.2" } },
    picture: { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2" } },
    but: {
      "ALB, single values": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
      "ALB, multi values": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
      "Lattice 1": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
      "Lattice 2": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
    },
  },
  {
    name: "has several X-Forwarded-For headers in their order",
    request: { headers: { "X-Forwarded-For": ["203.0.113.7", "198.51.100.2"] } },
    picture: { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2" } },
    but: {
      "HTTP API 2.0": { headers: { "x-forwarded-for": "203.0.113.7,198.51.100.2" } },
      "function URL": { headers: { "x-forwarded-for": "203.0.113.7,198.51.100.2" } },
      "ALB, single values": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
      "ALB, multi values": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
      "Lattice 1": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
      "Lattice 2": { headers: { "x-forwarded-for": "203.0.113.7, 198.51.100.2, 192.0.2.1" } },
    },
  },
  {
    name: "believes the service about the client's address, and not the client",
    request: { headers: { "X-Forwarded-For": "10.0.0.1" } },
    picture: { clientIp: "192.0.2.1" },
  },
  {
    name: "has the bytes of a header value that is not Latin-1",
    request: { headers: { "x-name": "ż" } },
    picture: { headers: { "x-name": "\u00c5\u00bc" } },
  },
  {
    name: "leaves out a header whose name is none, and keeps the others",
    request: { headers: { "x y": "1", "x-b": "2" } },
    picture: { headers: { "x-b": "2" } },
  },
  {
    name: "leaves out a header whose value has a line break, and keeps the others",
    request: { headers: { "x-a": "1\r\nx-c: 3", "x-b": "2" } },
    picture: { headers: { "x-b": "2" } },
  },

  // Cookies.
  {
    name: "has cookies, decoded",
    request: { headers: { Cookie: "a=1; b=%C5%BC; c=x=y" } },
    picture: { cookies: { a: "1", b: "ż", c: "x=y" }, headers: { cookie: "a=1; b=%C5%BC; c=x=y" } },
  },
  {
    name: "has the cookies of several Cookie headers, in their order",
    request: { headers: { Cookie: ["a=1; b=2", "c=3"] } },
    picture: { cookies: { a: "1", b: "2", c: "3" }, headers: { cookie: "a=1; b=2; c=3" } },
    not: { "ALB, single values": LAST },
  },
  { name: "has the first of several cookies of one name", request: { headers: { Cookie: "a=1; a=2" } }, picture: { cookies: { a: "1" } } },

  // The body.
  { name: "has text as its UTF-8", request: { body: "żółć" }, picture: { method: "POST", body: base64("żółć") } },
  { name: "has bytes one by one", request: { body: everyByte }, picture: { body: base64(everyByte) } },
  { name: "has no body where a POST is empty", request: { method: "POST" }, picture: { method: "POST", body: "" } },
  { name: "has the body of a GET", request: { method: "GET", body: "abc" }, picture: { method: "GET", body: base64("abc") } },
  {
    name: "has the real body where the client's content-length lies",
    request: { body: "abc", headers: { "content-length": "9999" } },
    picture: { body: base64("abc") },
  },
  { name: "has methods of one's own", request: { method: "PURGE" }, picture: { method: "PURGE" } },
];
