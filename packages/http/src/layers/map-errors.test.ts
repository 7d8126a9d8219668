import { type Layer, wrap } from "@lamella/core";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { apiEvent, context } from "../../test/api-event.ts";
import { ConflictError, UnprocessableError } from "../errors/client-errors.ts";
import type { HttpError } from "../errors/http-error.ts";
import { BadGatewayError } from "../errors/server-errors.ts";
import { httpApi } from "../http-api.ts";
import { cors } from "./cors.ts";
import { type MapError, mapErrors } from "./map-errors.ts";

class OutOfStock extends Error {
  readonly sku = "pen";
}

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

async function thrown(error: unknown, map: MapError) {
  const told: unknown[] = [];
  const telling: Layer<unknown, {}, {}> = {
    name: "telling",
    hooks: { report: (failures) => void told.push(...failures.map(({ error: failure }) => failure)) },
  };
  const handler = wrap(httpApi({ body: z.object({ id: z.string() }) }), telling, cors(), mapErrors(map), () => Promise.reject(error));
  const reply = await handler(apiEvent({ body: { id: "1" } }), context());
  return { status: reply.statusCode, headers: reply.headers, document: JSON.parse(reply.body as string), told };
}

const sdkError = (statusCode: number) =>
  Object.assign(new Error("User arn:aws:iam::123456789012:role/x is not authorized"), {
    name: "AccessDeniedException",
    $fault: "client",
    $metadata: { httpStatusCode: statusCode, requestId: "r-1" },
    statusCode,
    status: statusCode,
    expose: true,
    headers: { "x-amzn-requestid": "r-1" },
  });

describe("mapErrors", () => {
  it("answers an error of the team's own, whose cause goes to the log", async () => {
    const error = new OutOfStock("none left in warehouse 7");
    const map: MapError = (given) =>
      given instanceof OutOfStock
        ? new ConflictError("Sold out.", { problem: { sku: given.sku }, headers: { "retry-after": "60" } })
        : undefined;

    const { status, headers, document, told } = await thrown(error, map);

    expect(status).toBe(409);
    expect(headers).toMatchObject({ "retry-after": "60", "access-control-allow-origin": "*" });
    expect(document).toEqual({ type: "about:blank", title: "Conflict", status: 409, detail: "Sold out.", sku: "pen" });
    expect(told).toEqual([expect.objectContaining({ name: "ConflictError", cause: error })]);
  });

  it("keeps a cause that the mapping gives, and shares nothing between requests", async () => {
    const cause = new Error("deeper");
    const shared: HttpError = Object.freeze(new ConflictError("Sold out."));

    const given = await thrown(new OutOfStock("x"), () => new ConflictError("Sold out.", { cause }));
    const first = await thrown(new OutOfStock("1"), () => shared);
    const second = await thrown(new OutOfStock("2"), () => shared);

    expect(given.told).toEqual([expect.objectContaining({ cause })]);
    expect([first, second].map(({ told }) => ((told[0] as HttpError).cause as Error).message)).toEqual(["1", "2"]);
    expect(shared.cause).toBeUndefined();
  });

  it("leaves the errors that it does not know", async () => {
    const { status, document, told } = await thrown(new Error("s3cret"), () => undefined);

    expect(status).toBe(500);
    expect(document).toEqual({ type: "about:blank", title: "Internal Server Error", status: 500 });
    expect(told).toEqual([expect.objectContaining({ message: "s3cret" })]);
  });

  it.for<{ what: string; map: MapError; told: object }>([
    {
      what: "throws",
      map: () => {
        throw new Error("mine");
      },
      told: { cause: expect.objectContaining({ message: "s3cret" }) },
    },
    { what: "gives what is no HttpError", map: () => ({ status: 404, expose: true, detail: "x" }) as never, told: { message: "s3cret" } },
    { what: "gives null", map: () => null as never, told: { message: "s3cret" } },
  ])("makes a 500 that hides nothing from the log where the mapping $what", async ({ map, told }) => {
    const reply = await thrown(new Error("s3cret"), map);

    expect(reply.status).toBe(500);
    expect(reply.told).toEqual([expect.objectContaining(told)]);
  });

  it.for([400, 404, 429, 500])("never lets an AWS SDK's error of status %d through as it is", async (statusCode) => {
    const asItIs = await thrown(sdkError(statusCode), () => undefined);
    const mapped = await thrown(sdkError(statusCode), () => new BadGatewayError("table orders"));

    expect(asItIs).toMatchObject({ status: 500, document: { type: "about:blank", title: "Internal Server Error", status: 500 } });
    expect(asItIs.headers).not.toHaveProperty("x-amzn-requestid");
    expect(mapped.document).toEqual({ type: "about:blank", title: "Bad Gateway", status: 502 });
    expect(mapped.told).toEqual([expect.objectContaining({ cause: expect.objectContaining({ name: "AccessDeniedException" }) })]);
  });

  it("sees a request that does not fit, and can answer it with 422", async () => {
    const map: MapError = (error) =>
      (error as { code?: string }).code === "LAMELLA_PAYLOAD" ? new UnprocessableError("It does not fit.") : undefined;
    const handler = wrap(httpApi({ body: z.object({ id: z.string() }) }), mapErrors(map), () => "ok");

    expect((await handler(apiEvent({ body: { id: 5 } }), context())).statusCode).toBe(422);
  });

  it("does not touch what succeeds, and is told the request", async () => {
    const paths: string[] = [];
    const mapping = mapErrors((_error, { path }) => {
      paths.push(path);
      return undefined;
    });

    expect((await wrap(httpApi(), mapping, () => "ok")(apiEvent(), context())).statusCode).toBe(200);
    expect(paths).toEqual([]);
    await wrap(httpApi(), mapping, () => Promise.reject(new Error("x")))(apiEvent(), context());
    expect(paths).toEqual(["/orders"]);
  });

  it("cannot be made without a function", () => {
    expect(() => mapErrors({} as never)).toThrow(TypeError);
  });
});
