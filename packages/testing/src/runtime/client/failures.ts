/** An error of the client's own, by Lambda's name for it. */
export class ClientError extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

/** An error as the client sends it: a cause is left out, and what is no error goes by its type. */
export function toSent(error: unknown): { readonly errorType: string; readonly errorMessage: string; readonly trace: readonly string[] } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  const { name, message, stack } = error;
  return { errorType: name, errorMessage: message, trace: stack?.split("\n") ?? [] };
}

/** @throws {ClientError} When the value has no JSON. */
export function toJson(value: unknown): string {
  try {
    return JSON.stringify(value === undefined ? null : value);
  } catch {
    throw new ClientError("Runtime.JSONStringifyError", "Unable to stringify response body");
  }
}
