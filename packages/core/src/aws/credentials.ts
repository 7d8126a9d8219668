import { AwsError } from "./aws-error.ts";
import { exchange } from "./exchange.ts";

/** What requests are signed with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

interface Cached {
  readonly credentials: AwsCredentials;
  readonly untilMs: number;
}

/** How long before they expire credentials are fetched anew, in milliseconds. */
const EARLY_MS = 300_000;

// Of the process, as the role is. By address, so that a test that moves it gets what is there.
const cached = new Map<string, Promise<Cached>>();

/**
 * The credentials of the function: the environment variables, read at each call, or what the container's endpoint
 * gives, as with SnapStart and Managed Instances, which is kept until shortly before it expires.
 *
 * AWS: "Container credential provider".
 *
 * @throws {AwsError} When there are none.
 */
export async function credentials(): Promise<AwsCredentials> {
  const { env } = process;
  const accessKeyId = env["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = env["AWS_SECRET_ACCESS_KEY"];
  if (accessKeyId && secretAccessKey) return { accessKeyId, secretAccessKey, sessionToken: env["AWS_SESSION_TOKEN"] || undefined };

  const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  const address = relative ? `http://169.254.170.2${relative}` : env["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  if (!address) throw noCredentials("NoCredentials", "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; in Lambda the runtime does.");
  let kept = cached.get(address);
  // One fetch for all who ask; who comes too late for the last one starts the next.
  if (kept === undefined || (await kept).untilMs <= Date.now()) {
    if (kept === cached.get(address)) cached.set(address, fetchCredentials(address));
    kept = cached.get(address) as Promise<Cached>;
  }
  try {
    return (await kept).credentials;
  } catch (error) {
    // The next call tries again.
    if (kept === cached.get(address)) cached.delete(address);
    throw error;
  }
}

// Where the token may go without TLS: this machine, and the addresses of ECS and EKS.
const TRUSTED = /^(localhost|127(\.\d+){3}|\[::1\]|169\.254\.170\.23?|\[fd00:ec2::23\])$/;

async function fetchCredentials(address: string): Promise<Cached> {
  let cause: unknown;
  try {
    const url = new URL(address);
    if (url.protocol !== "https:" && !TRUSTED.test(url.hostname))
      throw new Error(`${url.hostname} is neither HTTPS nor a container's address`);
    const { status, body } = await exchange(url, { method: "GET", headers: await authorization() }, { timeoutMs: 2_000, maxBytes: 65_536 });
    if (status !== 200) throw new Error(`The endpoint answered ${status}`);
    const answer = JSON.parse(String(body)) as Readonly<Record<string, string | undefined>>;
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: sessionToken, Expiration: expiration } = answer;
    if (accessKeyId && secretAccessKey) {
      const expiresAt = Date.parse(expiration ?? "");
      return { credentials: { accessKeyId, secretAccessKey, sessionToken }, untilMs: (expiresAt || Infinity) - EARLY_MS };
    }
  } catch (error) {
    // What is no JSON is quoted by V8, and may be a secret.
    cause = error instanceof SyntaxError ? undefined : error;
  }
  throw noCredentials("CredentialsNotFetched", "Look at AWS_CONTAINER_CREDENTIALS_FULL_URI and the token beside it.", cause);
}

async function authorization(): Promise<Readonly<Record<string, string>>> {
  const { env } = process;
  const file = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
  // Read each time, because the file changes.
  const token = file ? await process.getBuiltinModule("node:fs/promises").readFile(file, "utf8") : env["AWS_CONTAINER_AUTHORIZATION_TOKEN"];
  return token ? { authorization: token.trim() } : {};
}

function noCredentials(awsCode: string, advice: string, cause?: unknown): AwsError {
  return new AwsError({ call: "Finding AWS credentials", awsCode, advice, cause, retryable: cause !== undefined });
}
