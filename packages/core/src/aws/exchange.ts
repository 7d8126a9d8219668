import type { Agent } from "node:http";

/** What a service answered. */
export interface AwsResponse {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Uint8Array;
}

/** What is sent, as it is sent. */
export interface Sent {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | undefined;
}

/** What an exchange may take. */
export interface Limits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

// Of the process: connections stay open from one invocation to the next.
const agents: Record<string, Agent> = {};

/**
 * Sends one request over a connection that is kept, and gives the whole answer.
 *
 * @throws {Error} With the system's `code`, or with `TimedOut` or `AnswerTooLarge`; or the reason of `signal`.
 */
export function exchange(url: URL, { method, headers, body }: Sent, { timeoutMs, maxBytes, signal }: Limits): Promise<AwsResponse> {
  // Loaded on first use. The runtime client has loaded `node:http` already.
  const http = url.protocol === "http:" ? process.getBuiltinModule("node:http") : process.getBuiltinModule("node:https");
  const agent = (agents[url.protocol] ??= new http.Agent({ keepAlive: true, maxSockets: 50 }));
  return new Promise<AwsResponse>((resolve, reject) => {
    const timedOut = () => failed("TimedOut", `No answer within ${Math.max(0, timeoutMs)} ms`);
    if (timeoutMs <= 0) throw timedOut();
    const request = http.request(url, { agent, method, headers: { ...headers } }, (response) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      response
        .on("data", (chunk: Uint8Array) => {
          bytes += chunk.length;
          if (bytes > maxBytes) stop(failed("AnswerTooLarge", `The answer is larger than ${maxBytes} bytes`));
          else chunks.push(chunk);
        })
        .on("end", () => {
          release();
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
        })
        .on("error", stop);
    });
    const stop = (error: unknown) => {
      release();
      // First, because destroying it gives an error of its own.
      reject(error);
      request.destroy();
    };
    const onAbort = () => stop(signal?.reason);
    const timer = setTimeout(() => stop(timedOut()), timeoutMs);
    const release = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    signal?.addEventListener("abort", onAbort);
    request.on("error", stop).end(body);
  });
}

function failed(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
