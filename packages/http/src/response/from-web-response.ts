import { OutputError } from "@lamella/core";
import { fromHeaders } from "./header-fields.ts";
import { SealedResponse } from "./http-response.ts";
import { checkStatus } from "./status.ts";

interface Web {
  readonly Response: Response;
  readonly ReadableStream: ReadableStream<Uint8Array>;
  readonly Blob: Blob;
  readonly ArrayBuffer: ArrayBuffer;
}

/** Whether `value` is an object of the web platform, of whichever realm or package. */
export function isWeb<Name extends keyof Web>(value: unknown, name: Name): value is Web[Name] {
  // By its tag: naming the global would load Node's fetch implementation, which functions without it need not pay for.
  return typeof value === "object" && value !== null && (value as { [Symbol.toStringTag]?: unknown })[Symbol.toStringTag] === name;
}

/**
 * The response of a web `Response`, which stays as it is but for its body, which is read.
 *
 * @throws {OutputError} When the body was read before.
 */
export function fromWebResponse(response: Response): SealedResponse {
  if (response.bodyUsed) throw new OutputError({ part: "response", problem: "is a Response whose body was read already" });
  checkStatus(response.status);
  const fields = fromHeaders(response.headers);
  if (response.url !== "" && fields.values["content-encoding"] !== undefined) {
    // `fetch` has decoded the body, and left the headers as they came.
    delete fields.values["content-encoding"];
    delete fields.values["content-length"];
  }
  return new SealedResponse(response.status, response.body ?? undefined, fields);
}
