const STREAMING = "aws.lambda.runtime.handler.streaming";

interface Sink {
  setContentType(type: string): void;
  _onBeforeFirstWrite?: unknown;
}

/** The global of Lambda's runtime, as its client for Node.js 22 and 24 makes it. */
export const awslambda = {
  streamifyResponse<F extends object>(handler: F, options?: { readonly highWaterMark?: number }): F {
    const marks: Record<symbol, unknown> = { [Symbol.for(STREAMING)]: "response" };
    if (typeof options?.highWaterMark === "number") marks[Symbol.for(`${STREAMING}.highWaterMark`)] = options.highWaterMark;
    return Object.assign(handler, marks);
  },
  HttpResponseStream: {
    from<S extends Sink>(stream: S, prelude: unknown): S {
      stream.setContentType("application/vnd.awslambda.http-integration-response");
      const head = JSON.stringify(prelude);
      stream._onBeforeFirstWrite = (write: (chunk: string | Uint8Array) => void): void => {
        write(head);
        write(new Uint8Array(8));
      };
      return stream;
    },
  },
};
