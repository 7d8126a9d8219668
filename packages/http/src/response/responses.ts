import type { Schema } from "@lamella/core";
import type { HeaderValues, HttpReply } from "./reply.ts";

/** The statuses that a single response schema is for. */
export type OkStatus = 200 | 201 | 202 | 203 | 206;
export type OtherStatus =
  | 204
  | 301
  | 302
  | 303
  | 304
  | 307
  | 308
  | 400
  | 401
  | 402
  | 403
  | 404
  | 405
  | 406
  | 408
  | 409
  | 410
  | 412
  | 413
  | 415
  | 422
  | 423
  | 428
  | 429
  | 500
  | 501
  | 502
  | 503
  | 504;

/** What the `response` option takes: a schema for what succeeds, or schemas by status, `null` for no body. */
export type Responses = Schema<unknown> | Readonly<Record<number, Schema<unknown> | null>>;

/** What a handler gives is what the schema takes in; `null` means no body. */
export type Given<S> = S extends Schema<unknown> ? NonNullable<S["~standard"]["types"]>["input"] : undefined;

// Interfaces, so that hovers show a name and not every status.
export interface AnyReplies extends Readonly<Record<OkStatus | OtherStatus, unknown>> {}
export interface OkReplies<Body> extends Readonly<Record<OkStatus, Body>>, Readonly<Record<OtherStatus, unknown>> {}

/** Bodies by status. */
export type RepliesOf<Response> = [Response] extends [never]
  ? AnyReplies
  : Response extends Schema<unknown>
    ? OkReplies<Given<Response>>
    : { readonly [S in keyof Response & number]: Given<Response[S]> };

// A web `Response` only where no response schema is declared: its body cannot be checked, and with it in the union
// TypeScript explains a wrong reply by the properties of `Response` that it lacks.
/** What a handler may return. */
export type ReturnOf<Response> = [Response] extends [never]
  ? unknown
  : Response extends Schema<unknown>
    ? Given<Response> | HttpReply<OkStatus, Given<Response>> | HttpReply<OtherStatus, unknown>
    :
        | { readonly [S in keyof Response & number]: HttpReply<S, Given<Response[S]>> }[keyof Response & number]
        | (Response extends { readonly 200: infer S } ? Given<S> : never);

type Content<Body> = undefined extends Body ? [body?: Body, headers?: HeaderValues] : [body: Body, headers?: HeaderValues];

// It comes with the request and not from an import: only so does it know the statuses and bodies of this route,
// complete them, keep literals, refuse surplus properties, and report at the argument that is wrong.
/** Answers with a status, a body and headers of the route. */
export type Reply<Replies> = <const Status extends keyof Replies & number>(
  status: Status,
  ...content: Content<Replies[Status]>
) => Replied<Status, Replies>;
// A union of replies and no reply of unions: a status that is not declared becomes all declared ones, and the one mistake
// would be reported at the handler as well.
type Replied<Status extends keyof Replies, Replies> = { readonly [S in Status & number]: HttpReply<S, Replies[S]> }[Status & number];
