import { Agent, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from "node:http";

const ROOT = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}/2018-06-01/runtime`;
const agent = new Agent({ keepAlive: true });

export interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Calls the Runtime API. */
export function call(method: string, path: string, body?: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(
      ROOT + path,
      { method, agent, headers: { "content-type": "application/json", ...headers } },
      (response) => void read(response).then(resolve, reject),
    )
      .on("error", reject)
      .end(body);
  });
}

/** A request whose body is written piece by piece. */
export function open(
  path: string,
  headers: OutgoingHttpHeaders,
): { readonly stream: ReturnType<typeof request>; readonly done: Promise<unknown> } {
  const stream = request(ROOT + path, { method: "POST", agent, headers });
  const done = new Promise((resolve, reject) => {
    stream.on("response", (response) => void read(response).then(resolve, reject)).on("error", reject);
  });
  // Looked at only when the handler has ended.
  done.catch(() => {});
  return { stream, done };
}

async function read(response: IncomingMessage): Promise<Answer> {
  let body = "";
  response.setEncoding("utf8");
  for await (const chunk of response) body += chunk as string;
  return { headers: response.headers, body };
}
