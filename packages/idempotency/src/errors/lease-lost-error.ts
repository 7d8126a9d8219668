import { LamellaError } from "@lamella/core";

/** An attempt ran for longer than it could renew its lease, and another one has taken over. */
export class LeaseLostError extends LamellaError {
  readonly code = "LAMELLA_LEASE_LOST";
  override readonly name = "LeaseLostError";

  constructor() {
    super("The lease ended while the work was running, and another attempt took over: the work may have been done twice.");
  }
}
