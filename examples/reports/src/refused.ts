import { type Layer, layer } from "@lamella/core";

/** PostgreSQL's codes for a login that is not taken: invalid_authorization_specification and invalid_password. */
const REFUSED = new Set(["28000", "28P01"]);
/** Its codes for a session that was ended by the server, and those of a connection that broke. */
const LOST = new Set(["57P01", "57P02", "57P03", "CONNECTION_CLOSED", "CONNECTION_ENDED", "CONNECT_TIMEOUT", "ECONNREFUSED", "ECONNRESET"]);

const codeOf = (error: unknown) => String((error as { readonly code?: unknown } | undefined)?.code);

/** Whether another try may help. */
export const isPassing = (error: unknown): boolean => REFUSED.has(codeOf(error)) || LOST.has(codeOf(error));

/**
 * Looks at the secret anew when the database does not take the login: it was rotated since. What needs it is made anew
 * before the next try.
 */
export function refreshWhenRefused(secret: { readonly refresh: () => Promise<void> }): Layer<unknown, {}, {}> {
  return layer("refreshWhenRefused", async (_item, _ctx, next) => {
    try {
      return await next();
    } catch (error) {
      if (REFUSED.has(codeOf(error))) await secret.refresh();
      throw error;
    }
  });
}
