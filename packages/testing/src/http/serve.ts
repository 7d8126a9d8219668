import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { LambdaContext } from "@lamella/core";
import { lambdaContext } from "../lambda-context.ts";
import { type HttpServiceName, services } from "./services.ts";
import { isStreaming, streamResponse } from "./stream-response.ts";
import { toInput } from "./to-input.ts";

export interface ServeOptions {
  /** Which service stands in front of the handler. */
  readonly as: HttpServiceName;
  /** The port on this machine; 0 for any that is free. @default 0 */
  readonly port?: number | undefined;
  /** The function's timeout, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined;
  /** Told of what an invocation rejected with, which a client sees as 502. @default console.error */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** A server that runs, until it is closed. */
export interface LocalServer extends AsyncDisposable {
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Ends it, and the connections that are open. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a handler over real HTTP on this machine: each request becomes an event as the service in front makes it, and the
 * reply what its clients see. A handler that `stream` made streams.
 *
 * It is for tests and local runs. It takes every path, checks no authorization, and shares the process with the handler.
 *
 * @throws {RangeError} When `as` is no service, or `port` or `timeoutMs` out of its range.
 * @example
 * const server = await serve(handler, { as: "functionUrl", port: 3000 });
 */
export async function serve(
  handler: (event: never, context: LambdaContext) => Promise<unknown>,
  { as, port = 0, timeoutMs = 30_000, onError = (error) => console.error("The invocation failed:", error) }: ServeOptions,
): Promise<LocalServer> {
  if (!Object.hasOwn(services, as)) throw new RangeError(`serve(…, { as }) must be one of ${Object.keys(services).join(", ")}, got ${as}`);
  if (!(timeoutMs > 0)) throw new RangeError(`serve(…, { timeoutMs }) must be above 0, got ${String(timeoutMs)}`);
  const service = services[as];
  const answer = async (request: IncomingMessage): Promise<Response> => {
    const event = service.toEvent(await toInput(request)) as never;
    const context = lambdaContext({ remainingMs: timeoutMs });
    if (isStreaming(handler)) {
      if (!service.streams) throw new TypeError(`A streaming handler cannot be served as ${as}, which takes no streams`);
      return streamResponse(handler, event, context);
    }
    // As a service has it: through JSON.
    const reply: unknown = await handler(event, context);
    return service.toResponse(JSON.parse(JSON.stringify(reply ?? null)) as never);
  };
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: unknown) => {
        onError(error);
        return Response.json({ message: "Internal Server Error" }, { status: 502 });
      })
      .then(async (answered) => send(answered, response))
      // The response ends as failed: the client has a part of it, or is gone.
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close, [Symbol.asyncDispose]: close };
}

async function send(from: Response, to: ServerResponse): Promise<void> {
  to.statusCode = from.status;
  for (const [name, value] of from.headers) if (name !== "set-cookie") to.setHeader(name, value);
  const cookies = from.headers.getSetCookie();
  if (cookies.length > 0) to.setHeader("set-cookie", cookies);
  if (from.body === null) return void to.end();
  to.flushHeaders();
  await pipeline(Readable.fromWeb(from.body as never), to);
}
