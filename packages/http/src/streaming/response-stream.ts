/** The part of Node's writable streams that is needed here: what the runtime gives a streaming function to write to. */
export interface ResponseStream {
  readonly write: (chunk: string | Uint8Array) => boolean;
  readonly end: () => unknown;
  readonly once: (event: "drain" | "close" | "error", listener: () => void) => unknown;
  readonly destroyed?: boolean | undefined;
  readonly setContentType?: ((type: string) => void) | undefined;
}

/** What Lambda's runtime has as a global: undocumented members are not used. */
interface AwsLambda {
  readonly streamifyResponse?: (<F>(handler: F, options?: { readonly highWaterMark: number }) => F) | undefined;
  readonly HttpResponseStream?: { readonly from: (stream: ResponseStream, prelude: object) => ResponseStream } | undefined;
}

function awslambda(): AwsLambda {
  return (globalThis as unknown as { readonly awslambda?: AwsLambda }).awslambda ?? {};
}

const STREAMING = "aws.lambda.runtime.handler.streaming";

/** Marks a handler as one that streams: as the runtime does it, or with the runtime's own marks where it has no global. */
export function streamify<F extends (...args: never) => unknown>(handler: F, highWaterMark: number | undefined): F {
  const options = highWaterMark === undefined ? undefined : { highWaterMark };
  const { streamifyResponse } = awslambda();
  if (streamifyResponse !== undefined) return streamifyResponse(handler, options);
  const marks = { [Symbol.for(STREAMING)]: "response", ...(options && { [Symbol.for(`${STREAMING}.highWaterMark`)]: highWaterMark }) };
  return Object.assign(handler, marks);
}

/** The stream, which has the prelude written in front of the first chunk: there must be one, and be it empty. */
export function withPrelude(stream: ResponseStream, prelude: object): ResponseStream {
  const { HttpResponseStream } = awslambda();
  if (HttpResponseStream !== undefined) return HttpResponseStream.from(stream, prelude);
  stream.setContentType?.("application/vnd.awslambda.http-integration-response");
  stream.write(`${JSON.stringify(prelude)}${"\0".repeat(8)}`);
  return stream;
}
