import { wrap } from "@lamella/core";
import { lambdaContext } from "@lamella/testing";
import {
  functionUrlFixture,
  httpApiGetFixture,
  httpApiPostFixture,
  restApiFixture,
  restApiFromHttpApiFixture,
} from "@lamella/testing/fixtures";
import { beforeEach, expect, it, vi } from "vitest";
import { mutated, randomOf } from "../../../events/test/mutate.ts";
import { request1Event, request2Event, requestEvent, tokenEvent, webSocketEvent } from "../../test/authorizer-events.ts";
import { allow, authorizer, http, router } from "../index.ts";

const EVENTS = Number(process.env["LAMELLA_FUZZ_EVENTS"] ?? 2_000);
const SEED = Number(process.env["LAMELLA_FUZZ_SEED"] ?? 1);

beforeEach(() => {
  vi.spyOn(console, "error").mockReturnValue();
});

it("routes malformed events, or answers that there is no route", { timeout: 600_000 }, async () => {
  const random = randomOf(SEED);
  const { pathParameters: _, ...rest } = restApiFixture;
  const events = [
    restApiFixture,
    restApiFromHttpApiFixture,
    httpApiGetFixture,
    httpApiPostFixture,
    functionUrlFixture,
    { ...rest, resource: "/orders/{id}", path: "/v1/orders/1", pathParameters: { id: "1" } },
    { ...httpApiGetFixture, routeKey: "ANY /{proxy+}", rawPath: "/orders/1", pathParameters: { proxy: "orders/1" } },
  ];
  const handler = wrap(
    http(),
    router({ "GET /orders/{id}": ({ params }) => params.id.length, "/orders": router({ "POST /": () => 1, "GET /all/{rest+}": () => 2 }) }),
  );
  for (let count = 0; count < EVENTS; count++) {
    const event = mutated(events[count % events.length], random);
    const result = await handler(event as never, lambdaContext()).catch((error: unknown) => error);
    // No 500: whatever the event has in it, a route is there or not.
    if ((result as { readonly code?: unknown }).code !== "LAMELLA_WRONG_EVENT")
      expect([200, 204, 400, 404, 405], `event ${count}: ${JSON.stringify(event)}`).toContain(
        (result as { statusCode?: unknown }).statusCode,
      );
  }
});

it("answers malformed questions to an authorizer, or rejects with a typed error", { timeout: 600_000 }, async () => {
  const random = randomOf(SEED);
  const events = [tokenEvent, requestEvent, request1Event, request2Event, webSocketEvent];
  const handler = wrap(authorizer(), async ({ kind, token, identitySource, request }) => {
    expect([typeof kind, Array.isArray(identitySource), typeof (token ?? "")]).toEqual(["string", true, "string"]);
    return allow({ context: { path: request?.path ?? "none" } });
  });
  for (let count = 0; count < EVENTS; count++) {
    const event = mutated(events[count % events.length], random);
    const result = await handler(event as never, lambdaContext()).catch((error: unknown) => error);
    const isTyped = String((result as { readonly code?: unknown }).code).startsWith("LAMELLA_");
    if (!isTyped) expect(result, `event ${count}: ${JSON.stringify(event)}`).toMatchObject({ principalId: "user" });
  }
});
