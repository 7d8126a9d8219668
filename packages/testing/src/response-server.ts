import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

/** One answer that was put. */
export interface ReceivedAnswer {
  /** The body, parsed. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingHttpHeaders;
}

/** A stand-in for what CloudFormation's response URLs lead to. */
export interface ResponseServer {
  /** For the event's `responseUrl`. */
  readonly url: string;
  /** The answers that were taken, in their order. */
  readonly answers: readonly ReceivedAnswer[];
  /** How many requests came, those that were refused included. */
  readonly requests: () => number;
  readonly close: () => Promise<void>;
}

export interface ResponseServerOptions {
  /** What the first requests are answered with: a status, or `drop` for a connection that ends; then 200. @default [] */
  readonly first?: readonly (number | "drop")[] | undefined;
}

/**
 * Starts a server on this machine that takes the answers of custom resources, as the pre-signed URLs of CloudFormation do.
 *
 * @example
 * const server = await responseServer();
 * await testing(handler).send(customResourceEvent({ responseUrl: server.url }));
 * expect(server.answers[0]?.body).toMatchObject({ Status: "SUCCESS" });
 * await server.close();
 */
export async function responseServer({ first = [] }: ResponseServerOptions = {}): Promise<ResponseServer> {
  const answers: ReceivedAnswer[] = [];
  let requests = 0;
  const server = createServer(async (request, response) => {
    if (request.method !== "PUT") {
      response.writeHead(405).end();
      return;
    }
    const planned = first[requests++] ?? 200;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (planned === "drop") {
      request.socket.destroy();
      return;
    }
    if (planned === 200)
      answers.push({ body: JSON.parse(Buffer.concat(chunks).toString()) as ReceivedAnswer["body"], headers: request.headers });
    response.writeHead(planned).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // A test that forgets to close it must not keep the process alive.
  server.unref();
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/response?X-Amz-Signature=secret`,
    answers,
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
