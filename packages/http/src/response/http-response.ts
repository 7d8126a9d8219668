import type { Outcome } from "@lamella/core";
import { fromHeaders, type HeaderFields, toWebHeaders } from "./header-fields.ts";

/** A body as it is sent; a stream is read when the reply is written. */
export type HttpBody = string | Uint8Array | ReadableStream<Uint8Array> | undefined;

/** A response, the same for every HTTP source: layers see it, and may change it. */
export interface HttpResponse {
  status: number;
  readonly headers: Headers;
  body: HttpBody;
}

/** The outcome of a request. */
export class SealedResponse implements HttpResponse, Outcome<never> {
  readonly "~adds" = undefined as never;
  status: number;
  body: HttpBody;
  readonly #fields: HeaderFields;
  #headers: Headers | undefined;

  constructor(status: number, body: HttpBody, fields: HeaderFields) {
    this.status = status;
    this.body = body;
    this.#fields = fields;
  }

  // Made only for layers that ask: a `Headers` costs more than all the rest of a response.
  get headers(): Headers {
    this.#headers ??= toWebHeaders(this.#fields);
    return this.#headers;
  }

  /** The headers as they are now. */
  "~fields"(): HeaderFields {
    return this.#headers === undefined ? this.#fields : fromHeaders(this.#headers);
  }
}
