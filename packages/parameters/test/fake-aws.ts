import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished, vi } from "vitest";

/** A call as it came. */
export interface FakeCall {
  readonly target: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** An answer that is not a 200. */
export class Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;

  constructor(status: number, type: string, message = "") {
    this.status = status;
    this.type = type;
    this.message = message;
  }
}

/** An answer that is no JSON. */
export class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * Secrets Manager, Parameter Store or the extension, as far as they are called, on loopback. `answer` gets the target, or
 * the path of the extension.
 */
export async function fakeAws(answer: (target: string, input: Readonly<Record<string, unknown>>) => unknown): Promise<{
  readonly url: string;
  readonly port: number;
  readonly calls: FakeCall[];
}> {
  const calls: FakeCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
    const target = String(request.headers["x-amz-target"] ?? pathname);
    const input = chunks.length > 0 ? JSON.parse(String(Buffer.concat(chunks))) : Object.fromEntries(searchParams);
    calls.push({ target, input, headers: request.headers });
    const answered = await answer(target, input);
    const isRefused = answered instanceof Refusal;
    response.writeHead(isRefused ? answered.status : 200, {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": "request-1",
    });
    const body = JSON.stringify(isRefused ? { __type: answered.type, message: answered.message } : answered);
    response.end(answered instanceof PlainText ? answered.text : body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const variables = {
    AWS_REGION: "eu-west-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_SESSION_TOKEN: "session-token",
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_SSM: url,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return { url, port, calls };
}
