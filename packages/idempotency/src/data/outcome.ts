import { answer, type Outcome } from "@lamella/core";
import { isOutcome, normalised, type OutputOutcome, toOutcome } from "@lamella/core/extend";
import { NotStorable } from "./encode.ts";

/** A response as it is stored, and as `keep`, `replay`, `serialize` and `deserialize` see it. */
export interface StoredResponse {
  readonly statusCode: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[] | undefined;
  /** Text; with `isBase64Encoded` bytes. */
  readonly body?: string | undefined;
  readonly isBase64Encoded?: boolean | undefined;
}

/** How large a body may be that is read in order to store it: what Lambda takes. */
const MAX_BODY = 6 * 1024 * 1024;

type Body = string | Uint8Array | ReadableStream<Uint8Array> | undefined;
interface Fields {
  readonly values: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
}

// What the HTTP package's requests and responses have; this package does not import it.
interface Response extends Outcome<never> {
  readonly status: number;
  body: Body;
  readonly "~fields": () => Fields;
}
interface Request {
  readonly "~finish": (output: unknown) => Outcome<never>;
  readonly "~restore": (status: number, body: Body, fields: Fields) => Outcome<never>;
}

function asRequest(item: unknown): Request | undefined {
  return typeof item === "object" && item !== null && "~restore" in item ? (item as Request) : undefined;
}

/** What a layer inside of this one answered, as what it will come to. */
export async function sealed(outcome: Outcome<never>, item: unknown): Promise<Outcome<never>> {
  const request = asRequest(item);
  return request && isOutcome(outcome) ? normalised(request["~finish"], outcome, item as never) : outcome;
}

/** The status of a response, before its body is read; `undefined` for what is none. */
export function statusOf(outcome: Outcome<never>): number | undefined {
  return (outcome as Partial<Response>).status;
}

/**
 * What is stored of an outcome: the output, or the response. The body of a response that is a stream is read, and the
 * response has it as bytes from then on.
 *
 * @throws {NotStorable} When the body is a stream that is too large or fails; the response still has it.
 */
export async function toStored(outcome: Outcome<never>, item: unknown): Promise<unknown> {
  if (asRequest(item) === undefined || !("~fields" in outcome)) return (outcome as OutputOutcome).output;
  const response = outcome as Response;
  if (typeof response.body === "object" && !(response.body instanceof Uint8Array)) await readBody(response, response.body);
  const { status, body } = response;
  const { values: headers, cookies } = response["~fields"]();
  return {
    statusCode: status,
    headers,
    ...(cookies.length > 0 && { cookies }),
    ...(typeof body === "string" && { body }),
    ...(body instanceof Uint8Array && { body: Buffer.from(body).toString("base64"), isBase64Encoded: true }),
  };
}

/** Whether a layer inside of this one answered: the source has not normalised it yet. */
export function isAnswer(outcome: Outcome<never>): boolean {
  return "~answer" in outcome;
}

/** The outcome of what was stored. */
export function fromStored(stored: unknown, item: unknown, wasAnswer: boolean): Outcome<never> {
  const request = asRequest(item);
  // What the source has normalised once, it must not normalise again.
  if (request === undefined) return wasAnswer ? answer(stored) : toOutcome(stored);
  if (!isStoredResponse(stored)) return answer(stored);
  const { statusCode, headers, cookies = [], body, isBase64Encoded } = stored;
  const bytes = body !== undefined && isBase64Encoded ? new Uint8Array(Buffer.from(body, "base64")) : body;
  return request["~restore"](statusCode, bytes, { values: { ...headers }, cookies: [...cookies] });
}

function isStoredResponse(stored: unknown): stored is StoredResponse {
  return typeof stored === "object" && stored !== null && Number.isInteger((stored as Partial<StoredResponse>).statusCode);
}

async function readBody(response: Response, stream: ReadableStream<Uint8Array>): Promise<void> {
  const reader = stream.getReader();
  const chunks: Uint8Array[] = [];
  let problem: string | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    for (let bytes = 0; problem === undefined; ) {
      const { done, value } = await reader.read();
      if (done) {
        response.body = Buffer.concat(chunks);
        return;
      }
      chunks.push(value);
      bytes += value.length;
      if (bytes > MAX_BODY) problem = "its body is a stream of more than 6 MiB";
    }
  } catch (error) {
    problem = "its body is a stream that failed";
    failure = { error };
  }
  // What was read, and then the rest.
  response.body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const chunk = chunks.shift();
      if (chunk !== undefined) return controller.enqueue(chunk);
      if (failure !== undefined) return controller.error(failure.error);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  throw new NotStorable(problem ?? "");
}
