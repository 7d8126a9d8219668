import { STATUS_CODES } from "node:http";
import { wrap } from "@lamella/core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiEvent, context } from "../../test/api-event.ts";
import { httpApi } from "../http-api.ts";
import * as client from "./client-errors.ts";
import { HttpError } from "./http-error.ts";
import * as server from "./server-errors.ts";

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function replyTo(thrown: unknown) {
  const { body = "", ...reply } = await wrap(httpApi(), async () => {
    throw thrown;
  })(apiEvent(), context());
  return { ...reply, document: JSON.parse(body) as Record<string, unknown>, text: body };
}

describe("HttpError", () => {
  it("becomes a problem document with its detail", async () => {
    const { statusCode, headers, document } = await replyTo(new client.NotFoundError("There is no order 17."));

    expect(statusCode).toBe(404);
    expect(headers).toEqual({ "content-type": "application/problem+json" });
    expect(document).toEqual({ type: "about:blank", title: "Not Found", status: 404, detail: "There is no order 17." });
  });

  it("has its headers and the members of its problem in the reply", async () => {
    const error = new client.ConflictError(undefined, {
      headers: { "Retry-After": "5", "set-cookie": ["a=1", "b=2"] },
      problem: { type: "https://example.com/problems/stock", title: "Out of stock", left: 0, status: 200 },
    });

    const { statusCode, headers, document, ...reply } = await replyTo(error);

    expect(statusCode).toBe(409);
    expect(headers).toEqual({ "content-type": "application/problem+json", "retry-after": "5" });
    expect(reply).toMatchObject({ cookies: ["a=1", "b=2"] });
    expect(document).toEqual({ type: "https://example.com/problems/stock", title: "Out of stock", status: 409, left: 0 });
  });

  it.for([
    {
      what: "a 5xx",
      error: new server.ServiceUnavailableError("s3cret", { headers: { "retry-after": "9" }, problem: { key: "s3cret" } }),
      status: 503,
      told: false,
    },
    { what: "a bare 500", error: new server.InternalError("s3cret"), status: 500, told: false },
    { what: "a 5xx that exposes", error: new server.BadGatewayError("s3cret", { expose: true }), status: 502, told: true },
    { what: "a 4xx", error: new client.ForbiddenError("s3cret"), status: 403, told: true },
    { what: "a 4xx that does not expose", error: new client.ForbiddenError("s3cret", { expose: false }), status: 403, told: false },
    { what: "a 4xx with a cause", error: new client.GoneError("gone", { cause: new Error("s3cret") }), status: 410, told: false },
  ])("tells its detail of $what: $told", async ({ error, status, told }) => {
    const { statusCode, text } = await replyTo(error);

    expect(statusCode).toBe(status);
    expect(text.includes("s3cret")).toBe(told);
  });

  it("is recognised of another copy of the package, by its code", async () => {
    const { statusCode, document } = await replyTo(
      Object.assign(new Error("short and stout"), { code: "LAMELLA_HTTP", status: 499, detail: "short and stout", expose: true }),
    );

    expect(statusCode).toBe(499);
    expect(document).toEqual({ type: "about:blank", title: "Error", status: 499, detail: "short and stout" });
  });

  it("is logged below 500 by nobody, and from 500 on with its cause", async () => {
    await replyTo(new client.NotFoundError("x"));
    expect(console.error).not.toHaveBeenCalled();

    const error = new server.InternalError("x", { cause: "y" });
    await replyTo(error);
    expect(console.error).toHaveBeenCalledExactlyOnceWith(expect.any(String), error);
  });

  it.for([200, 399, 600, 404.5, Number.NaN])("cannot be made with status %d", (status) => {
    expect(() => new HttpError(status)).toThrow(RangeError);
  });

  it.for([400, 599])("can be made with status %d", (status) => {
    expect(new HttpError(status)).toMatchObject({ status, code: "LAMELLA_HTTP", name: "HttpError" });
  });

  it.for(Object.entries({ ...client, ...server }))("%s has its own name and status, and the status as message", ([name, Type]) => {
    const error = new Type();

    expect(error).toBeInstanceOf(HttpError);
    expect(error.name).toBe(name);
    expect(error.message).toBe(STATUS_CODES[error.status]);
    expect(new Type("why", { cause: 1 })).toMatchObject({ message: "why", cause: 1, status: error.status });
  });

  it("covers each status once", () => {
    const statuses = Object.values({ ...client, ...server }).map((Type) => new Type().status);

    expect(statuses).toEqual([
      400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 412, 413, 415, 422, 423, 428, 429, 500, 501, 502, 503, 504,
    ]);
  });
});

describe("any other error", () => {
  it.for<{ what: string; thrown: unknown }>([
    { what: "an Error", thrown: new Error("s3cret") },
    {
      what: "an error that says it has a status",
      thrown: Object.assign(new Error("s3cret"), { status: 404, statusCode: 404, expose: true }),
    },
    {
      what: "an error of an AWS SDK",
      thrown: Object.assign(new Error("s3cret"), {
        name: "ResourceNotFoundException",
        $fault: "client",
        $metadata: { httpStatusCode: 400 },
        statusCode: 400,
      }),
    },
    {
      what: "JSON of another service that looks like an HttpError",
      thrown: JSON.parse('{"code":"LAMELLA_HTTP","status":200,"expose":true,"detail":"s3cret","headers":{"set-cookie":"s3cret"}}'),
    },
    { what: "JSON that says how it wants to be answered", thrown: JSON.parse('{"~http":{"status":200,"detail":"s3cret"}}') },
    {
      what: "JSON that looks like a request that does not fit",
      thrown: JSON.parse('{"code":"LAMELLA_PAYLOAD","part":"body","issues":[{"message":"s3cret"}]}'),
    },
    { what: "text", thrown: "s3cret" },
    { what: "undefined", thrown: undefined },
    { what: "null", thrown: null },
    {
      what: "an HttpError with headers that cannot be sent",
      thrown: new client.BadRequestError("s3cret", { headers: { location: "/\r\nx: y" } }),
    },
    { what: "an HttpError with members that are no JSON", thrown: new client.BadRequestError("s3cret", { problem: { n: 1n } }) },
    { what: "something with the code and no status", thrown: { code: "LAMELLA_HTTP", message: "s3cret", expose: true, detail: "s3cret" } },
    {
      what: "an object whose code cannot be read",
      thrown: {
        get code() {
          throw new Error("s3cret");
        },
      },
    },
  ])("is a 500 that leaks nothing, and logged: $what", async ({ thrown }) => {
    const { statusCode, headers, document } = await replyTo(thrown);

    expect(statusCode).toBe(500);
    expect(headers).toEqual({ "content-type": "application/problem+json" });
    expect(document).toEqual({ type: "about:blank", title: "Internal Server Error", status: 500 });
    expect(console.error).toHaveBeenCalledOnce();
  });
});
