import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** A request as it came. */
export interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The connection that it came over. */
  readonly port: number | undefined;
}

type Answer = (response: ServerResponse, request: Received) => void;

/** A service on loopback that answers as it is told, request by request, and the last way from then on. */
export async function startService(
  ...answers: readonly Answer[]
): Promise<{ readonly endpoint: string; readonly requests: readonly Received[] }> {
  const requests: Received[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request
      .setEncoding("utf8")
      .on("data", (text: string) => (body += text))
      .on("end", () => {
        const { method, url, headers, socket } = request;
        const received = { method, url, headers, body, port: socket.remotePort };
        const answer = answers[Math.min(requests.push(received), answers.length) - 1];
        answer?.(response, received);
      });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Answers with JSON. */
export const json =
  (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(JSON.stringify(value));
