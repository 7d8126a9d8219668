import { OutputError } from "@lamella/core";

/**
 * @throws {OutputError} When `status` is no final HTTP status.
 */
export function checkStatus(status: number): void {
  if (Number.isInteger(status) && status >= 200 && status <= 599) return;
  throw new OutputError({ part: "status", problem: `must be a whole number from 200 to 599, got ${String(status)}` });
}

/** Whether a response of this status never has a body. */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}
