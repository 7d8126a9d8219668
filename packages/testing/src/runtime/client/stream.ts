import type { ClientRequest } from "node:http";
import { open } from "./api.ts";
import { toSent } from "./failures.ts";
import { STREAMING } from "./load.ts";

const ERROR_TYPE = "Lambda-Runtime-Function-Error-Type";
const ERROR_BODY = "Lambda-Runtime-Function-Error-Body";

/** A response that is sent piece by piece, as handlers get it. */
interface ResponseStream extends ClientRequest {
  setContentType: (type: string) => void;
  beforeFirstWrite?: () => void;
}

/** Adds the globals that streaming handlers are made with. */
export function addGlobals(): void {
  const awslambda = {
    streamifyResponse: (handler: object, options?: { readonly highWaterMark?: number }) => {
      const marks = { [STREAMING]: "response", [Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark")]: options?.highWaterMark };
      return Object.assign(handler, marks);
    },
    HttpResponseStream: {
      from: (stream: ResponseStream, prelude: unknown) => {
        stream.setContentType("application/vnd.awslambda.http-integration-response");
        stream.beforeFirstWrite = () => {
          stream.write(JSON.stringify(prelude));
          stream.write(Buffer.alloc(8));
        };
        return stream;
      },
    },
  };
  Object.assign(globalThis, { awslambda });
}

/** Runs a streaming handler; what it fails with goes into the trailers. */
export async function runStreaming(run: (stream: ResponseStream) => unknown, id: string): Promise<void> {
  const { stream, done } = open(`/invocation/${encodeURIComponent(id)}/response`, {
    "Lambda-Runtime-Function-Response-Mode": "streaming",
    Trailer: `${ERROR_TYPE}, ${ERROR_BODY}`,
    "Content-Type": "application/octet-stream",
    "Transfer-Encoding": "chunked",
  });
  const response = stream as ResponseStream;
  response.setContentType = (type) => void response.setHeader("Content-Type", type);
  const write = response.write.bind(response) as (...parameters: readonly unknown[]) => boolean;
  response.write = ((chunk: unknown, ...rest: readonly unknown[]) => {
    const first = response.beforeFirstWrite;
    delete response.beforeFirstWrite;
    first?.();
    return write(typeof chunk === "string" || chunk instanceof Uint8Array ? chunk : JSON.stringify(chunk), ...rest);
  }) as typeof response.write;
  try {
    const returned = run(response);
    if (!(returned instanceof Promise)) throw new Error("Streaming does not support non-async handlers.");
    await returned;
    // Where the handler forgot to end it, this waits until the timeout.
    await done;
    if (!response.writableFinished) throw new Error("Response stream is not finished.");
  } catch (error) {
    console.error("Invoke Error", error);
    const sent = toSent(error);
    response.addTrailers({ [ERROR_TYPE]: sent.errorType, [ERROR_BODY]: Buffer.from(JSON.stringify(sent)).toString("base64") });
    response.end();
    await done;
  }
}
