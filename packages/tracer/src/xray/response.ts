/** The most that is kept of a response, as characters of JSON: X-Ray takes subsegments of 64 KB in all. */
const MAX_CHARACTERS = 32_768;

/** What the parts of an outcome tell; a response of a request, or what a handler returned. */
interface Outcome {
  readonly output?: unknown;
  readonly status?: unknown;
  readonly body?: unknown;
}

/** What a handler returned, as it goes into metadata; `undefined` for nothing. */
export function responseOf(outcome: unknown): unknown {
  const { output, status, body } = outcome as Outcome;
  if (typeof status !== "number") return plain(output);
  return { statusCode: status, body: typeof body === "string" ? plain(body) : undefined };
}

/** A copy of what JSON can hold, because the value may change until it is sent; or why there is none. */
function plain(value: unknown): unknown {
  try {
    const text = JSON.stringify(value, (_key, member: unknown) => (typeof member === "bigint" ? String(member) : member)) as
      | string
      | undefined;
    if (text === undefined) return undefined;
    return text.length > MAX_CHARACTERS ? `[left out: ${text.length} characters]` : (JSON.parse(text) as unknown);
  } catch {
    return "[left out: no JSON]";
  }
}
