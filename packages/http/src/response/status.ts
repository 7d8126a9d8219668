import { OutputError } from "@lamella/core";

/** Whether `status` is a whole number that a final HTTP status can be. */
export function isStatus(status: number): boolean {
  return Number.isInteger(status) && status >= 200 && status <= 599;
}

/**
 * @throws {OutputError} When `status` is no final HTTP status.
 */
export function checkStatus(status: number): void {
  if (!isStatus(status)) throw new OutputError({ part: "status", problem: `is ${String(status)}, not from 200 to 599` });
}

/** Whether a response of this status never has a body. */
export function hasNoBody(status: number): boolean {
  return [204, 205, 304].includes(status);
}
