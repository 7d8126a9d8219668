import { AnswerNotDeliveredError } from "../errors/answer-not-delivered-error.ts";

const TRIES = 8;
const TRY_MS = 5_000;
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 2_000;
/** Less than this is not worth a try. */
const SHORTEST_TRY_MS = 30;

/**
 * Puts an answer to a pre-signed URL, again after network errors and 5xx while there is time.
 *
 * @throws {AnswerNotDeliveredError} When no try went through.
 */
export async function putAnswer(url: string, body: string, remainingMs: () => number): Promise<void> {
  for (let tries = 1; ; tries++) {
    // Half of what is left, so that a connection which hangs leaves time for another.
    const { status, error } = await tryToPut(url, body, Math.min(TRY_MS, remainingMs() / 2));
    if (status !== undefined && status < 300) return;
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (tries - 1), LONGEST_WAIT_MS, remainingMs() / 4);
    const isFinal = (status !== undefined && status < 500) || tries === TRIES || remainingMs() - waitMs < SHORTEST_TRY_MS;
    if (isFinal) throw new AnswerNotDeliveredError(tries, status, error);
    await new Promise((resolve) => setTimeout(resolve, waitMs));
  }
}

interface Tried {
  readonly status?: number;
  readonly error?: unknown;
}

function tryToPut(url: string, body: string, timeoutMs: number): Promise<Tried> {
  // The event decides: CloudFormation sends https, a stand-in on this machine http.
  const { request } = url.startsWith("http:") ? process.getBuiltinModule("node:http") : process.getBuiltinModule("node:https");
  return new Promise((resolve) => {
    // Without a connection that is kept: the environment is frozen between two answers, and the connection dies.
    const options = { method: "PUT", agent: false, headers: { "content-type": "", "content-length": Buffer.byteLength(body) } };
    const sent = request(url, options, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0 });
    });
    const timer = setTimeout(() => sent.destroy(new Error(`No response in ${Math.round(timeoutMs)} ms`)), timeoutMs);
    sent.on("error", (error) => resolve({ error }));
    sent.on("close", () => clearTimeout(timer));
    sent.end(body);
  });
}
