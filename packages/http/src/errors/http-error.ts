import { LamellaError } from "@lamella/core";
import { mustBe } from "@lamella/core/extend";
import type { HeaderValues } from "../response/reply.ts";
import { titleOf } from "./title-of.ts";

export interface HttpErrorOptions {
  /** What led here; it is logged and never sent. */
  readonly cause?: unknown;
  /** Headers of the reply, such as `retry-after`. */
  readonly headers?: HeaderValues | undefined;
  /** Whether the client sees the detail and the members of `problem`. @default true below 500, false from 500 on */
  readonly expose?: boolean | undefined;
  /** Members of the problem document besides `status` and `detail`: a `type` of one's own, a `title`, extensions. */
  readonly problem?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * Answers a request with an error status: thrown anywhere around or in a handler, it becomes a problem document.
 *
 * RFC 9457: "Problem Details for HTTP APIs".
 *
 * @throws {RangeError} When `status` is no error status.
 * @example
 * throw new HttpError(402, "The card was declined.", { problem: { type: "https://example.com/problems/declined" } });
 */
export class HttpError extends LamellaError {
  readonly code = "LAMELLA_HTTP";
  override readonly name: string = "HttpError";
  readonly status: number;
  /** What the client is told, if `expose` says so. */
  readonly detail: string | undefined;
  readonly expose: boolean;
  readonly headers: HeaderValues | undefined;
  readonly problem: Readonly<Record<string, unknown>> | undefined;

  constructor(status: number, detail?: string, { cause, headers, expose = status < 500, problem }: HttpErrorOptions = {}) {
    mustBe(
      Number.isInteger(status) && status >= 400 && status <= 599,
      "new HttpError(status, …)",
      "a status from 400 to 599",
      status,
      RangeError,
    );
    super(detail ?? titleOf(status), cause === undefined ? undefined : { cause });
    this.status = status;
    this.detail = detail;
    this.expose = expose;
    this.headers = headers;
    this.problem = problem;
  }
}
