import type { Writable } from "node:stream";

declare const awslambda: {
  streamifyResponse: (handler: (event: { readonly do: string }, stream: Writable, context: unknown) => Promise<void>) => unknown;
  HttpResponseStream: { from: (stream: Writable, prelude: object) => Writable };
};

export const handler = awslambda.streamifyResponse(async (event, stream) => {
  if (event.do === "with a prelude") {
    const body = awslambda.HttpResponseStream.from(stream, { statusCode: 201, headers: { "x-a": "b" } });
    body.write("one ");
    body.end("two");
  } else if (event.do === "fail midway") {
    stream.write("one ");
    throw new RangeError("midway");
  } else if (event.do === "forget to end") {
    stream.write("one ");
  } else {
    stream.write("one ");
    stream.end("two");
  }
});
