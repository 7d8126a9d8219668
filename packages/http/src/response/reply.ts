/** Header values by name; a list becomes several headers (`set-cookie`) or one with commas (all others). */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

/** What `reply` gives: a status, a body and headers. */
export interface HttpReply<out Status extends number, out Body> {
  // Tells a reply from a plain object that happens to have `status` and `body`.
  readonly "~reply": true;
  readonly status: Status;
  readonly body: Body;
  readonly headers: HeaderValues | undefined;
}

class MadeReply<Status extends number, Body> implements HttpReply<Status, Body> {
  readonly status: Status;
  readonly body: Body;
  readonly headers: HeaderValues | undefined;

  constructor(status: Status, body: Body, headers: HeaderValues | undefined) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }

  // Inherited and no property of its own: JSON that a client sends, and a handler returns, can have any property of its
  // own, and would be a reply of the client's choice.
  get "~reply"(): true {
    return true;
  }
}

/**
 * Answers with a status, a body and headers: for layers, and for sources without response schemas. A handler takes the
 * `reply` of its request, which knows the statuses and bodies of the route.
 *
 * @example
 * return reply(201, { id }, { location: `/orders/${id}` });
 */
export function reply<const Status extends number>(status: Status): HttpReply<Status, undefined>;
export function reply<const Status extends number, Body>(status: Status, body: Body, headers?: HeaderValues): HttpReply<Status, Body>;
export function reply(status: number, body?: unknown, headers?: HeaderValues): HttpReply<number, unknown> {
  return new MadeReply(status, body, headers);
}

/** Whether `value` came from `reply`, of whichever copy of this package. */
export function isReply(value: unknown): value is HttpReply<number, unknown> {
  return (
    value instanceof MadeReply || (typeof value === "object" && value !== null && "~reply" in value && !Object.hasOwn(value, "~reply"))
  );
}
