import { type Lambda, type LambdaContext, wrap } from "@lamella/core";
import { streamResponse } from "@lamella/testing/http";
import type { LambdaFunctionURLEvent, StreamifyHandler } from "aws-lambda";
import { it } from "vitest";
import { type APIGatewayProxyStructuredResultV2, eventStream, functionUrl, type ServerSentEvent, stream } from "../index.ts";

declare const event: LambdaFunctionURLEvent;
declare const context: LambdaContext;

it("takes what wrap gave, and is a Lambda handler with and without a stream", () => {
  const handler = stream(
    wrap(functionUrl(), () => "hi"),
    { highWaterMark: 1024 },
  );

  handler satisfies Lambda<LambdaFunctionURLEvent, APIGatewayProxyStructuredResultV2>;
  const runs: StreamifyHandler<LambdaFunctionURLEvent, void> = (one, to, lambda) => handler(one, to, lambda as LambdaContext);
  const replied: Promise<APIGatewayProxyStructuredResultV2> = handler(event, context);
  const response: Promise<Response> = streamResponse(handler, event);
  return [runs, replied, response];
});

it("rejects options and events that are none", () => {
  const handler = stream(wrap(functionUrl(), () => "hi"));
  // @ts-expect-error the option has another name
  stream(handler, { highWatermark: 1024 });
  // @ts-expect-error it is the event of a function URL
  void handler({ Records: [] }, context);
  const plain = wrap(functionUrl(), () => "hi");
  // @ts-expect-error a handler that does not stream has no stream to give
  void streamResponse(plain, event);
});

it("takes events of any iterable, and no others", () => {
  const events: AsyncIterable<ServerSentEvent> = (async function* () {
    yield { data: { done: 1 }, id: "1" };
  })();
  eventStream(events, { heartbeatMs: 1_000 });
  eventStream([{ comment: "open" }]);
  // @ts-expect-error an id is text
  eventStream([{ id: 1 }]);
  // @ts-expect-error text is no event: its letters would be
  eventStream("hi");
  // @ts-expect-error the unit is in the name
  eventStream(events, { heartbeat: 1_000 });
});
