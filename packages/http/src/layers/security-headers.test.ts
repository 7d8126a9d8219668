import { wrap } from "@lamella/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";
import { reply } from "../response/reply.ts";
import { type SecurityHeadersOptions, securityHeaders } from "./security-headers.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

const headersOf = async (options: SecurityHeadersOptions | undefined, handler: () => unknown = () => undefined) =>
  (await wrap(httpApi(), securityHeaders(options), handler)(apiEvent(), context())).headers as Record<string, string>;

describe("securityHeaders", () => {
  it("sets what makes browsers strict", async () => {
    expect(await headersOf(undefined)).toEqual({
      "content-security-policy":
        "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; upgrade-insecure-requests",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "origin-agent-cluster": "?1",
      "permissions-policy": "camera=(), geolocation=(), microphone=()",
      "referrer-policy": "no-referrer",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-dns-prefetch-control": "off",
      "x-frame-options": "DENY",
      "x-permitted-cross-domain-policies": "none",
    });
  });

  it.for<{ what: string; handler: () => unknown }>([
    { what: "an error", handler: () => Promise.reject(new Error("x")) },
    { what: "a body that breaks", handler: () => new ReadableStream({ pull: (controller) => controller.error(new Error("x")) }) },
  ])("sets them on the reply of $what", async ({ handler }) => {
    expect(await headersOf(undefined, handler)).toMatchObject({
      "content-type": "application/problem+json",
      "x-content-type-options": "nosniff",
    });
  });

  it("leaves what the handler sets itself, and takes x-powered-by away", async () => {
    const headers = await headersOf(undefined, () => reply(200, "x", { "referrer-policy": "origin", "x-powered-by": "Express" }));

    expect(headers["referrer-policy"]).toBe("origin");
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  const names = [
    "contentSecurityPolicy",
    "crossOriginOpenerPolicy",
    "crossOriginResourcePolicy",
    "crossOriginEmbedderPolicy",
    "originAgentCluster",
    "permissionsPolicy",
    "referrerPolicy",
    "strictTransportSecurity",
    "xContentTypeOptions",
    "xDnsPrefetchControl",
    "xFrameOptions",
    "xPermittedCrossDomainPolicies",
  ] as const;
  it.for(names)("takes another value for %s, or leaves it out", async (option) => {
    const name = option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

    expect((await headersOf({ [option]: "mine" }))[name]).toBe("mine");
    expect((await headersOf({ [option]: false }))[name]).toBeUndefined();
  });

  it.for<{ what: string; options: object; error: typeof TypeError | typeof RangeError }>([
    { what: "a value that is no text", options: { referrerPolicy: 5 }, error: TypeError },
    { what: "true", options: { referrerPolicy: true }, error: TypeError },
    { what: "a header that there is not", options: { refererPolicy: "x" }, error: TypeError },
    { what: "a line break", options: { referrerPolicy: "x\r\ny: z" }, error: RangeError },
    { what: "no value", options: { referrerPolicy: "" }, error: RangeError },
  ])("throws at load: $what", ({ options, error }) => {
    expect(() => securityHeaders(options)).toThrow(error);
  });
});
