import { exchange } from "@lamella/core/aws";

/** The environment variable that says where the extension listens; the default is 2773. */
const PORT = "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT";

/**
 * Whether the extension may answer. It cannot be called in the init phase, and it keeps what it has fetched: a value that
 * must be fresh comes from the service itself.
 *
 * AWS: "Using Parameter Store parameters in AWS Lambda functions".
 */
export function mayAskExtension(provider: unknown, isFresh: boolean): boolean {
  return !isFresh && (provider === "extension" || (provider === undefined && Boolean(process.env[PORT])));
}

/**
 * Asks the AWS Parameters and Secrets Lambda extension; `undefined` where it gives no answer, so that the service is asked.
 *
 * AWS: "Use Secrets Manager secrets in Lambda functions".
 */
export async function askExtension<Answer>(path: string, query: Readonly<Record<string, string | undefined>>): Promise<Answer | undefined> {
  const url = new URL(`http://localhost:${process.env[PORT] || 2773}${path}`);
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  const headers = { "X-Aws-Parameters-Secrets-Token": process.env["AWS_SESSION_TOKEN"] ?? "" };
  try {
    const { status, body } = await exchange(url, { method: "GET", headers }, { timeoutMs: 2_000, maxBytes: 1_048_576 });
    return status === 200 ? ((JSON.parse(String(body)) as Answer | null) ?? undefined) : undefined;
  } catch {
    // Not there, or not ready yet. What is no JSON would be quoted.
    return undefined;
  }
}
