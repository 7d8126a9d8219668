import type { AwsCredentials } from "./credentials.ts";

/** A request that is to be signed. */
export interface Signable {
  readonly method: string;
  /** Its path and query percent-encoded, as they are sent. */
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | Uint8Array | undefined;
  /** The name that the service is signed for, such as `sqs` or `execute-api`. */
  readonly service: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** @default now */
  readonly date?: Date | undefined;
}

/** A request that AWS accepts, for five minutes. */
export interface Signed {
  /** With the query in the one encoding that the signature holds for. */
  readonly url: URL;
  /** All headers to send, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

// What proxies and agents change on the way.
const UNSIGNED = /^(?:authorization|connection|expect|user-agent|x-amzn-trace-id)$/;

/**
 * Signs a request with Signature Version 4.
 *
 * AWS: "Create a signed AWS API request".
 */
export function sign({ method, url, headers = {}, body = "", service, region, credentials, date = new Date() }: Signable): Signed {
  const { createHash, createHmac } = process.getBuiltinModule("node:crypto");
  const hash = (data: string | Uint8Array) => createHash("sha256").update(data).digest("hex");
  const hmac = (key: string | Uint8Array, text: string) => createHmac("sha256", key).update(text).digest();
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const isS3 = service === "s3";
  const time = date.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const bodyHash = hash(body);

  const sent: Record<string, string> = { host: url.host };
  for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
  sent["x-amz-date"] = time;
  if (sessionToken) sent["x-amz-security-token"] = sessionToken;
  if (isS3) sent["x-amz-content-sha256"] = bodyHash;

  // NUL sorts before whatever a name may go on with, as the end of the name does.
  const query = [...url.searchParams].map(([name, value]) => `${encode(name)}\0${encode(value)}`);
  // What is encoded already is encoded again, except by S3, which reads a path as the name of an object.
  const path = encode(isS3 ? decodeURIComponent(url.pathname) : url.pathname.replaceAll(/\/{2,}/g, "/")).replaceAll("%2F", "/");
  const names = Object.keys(sent)
    .filter((name) => !UNSIGNED.test(name))
    .toSorted();
  const signedHeaders = names.join(";");
  const canonical = [
    method,
    path,
    toQuery(query.toSorted()),
    ...names.map((name) => `${name}:${sent[name]?.trim().replaceAll(/\s+/g, " ")}`),
    "",
    signedHeaders,
    bodyHash,
  ].join("\n");

  const scope = [time.slice(0, 8), region, service, "aws4_request"];
  const key = scope.reduce<string | Uint8Array>(hmac, `AWS4${secretAccessKey}`);
  const signature = createHmac("sha256", key)
    .update(`AWS4-HMAC-SHA256\n${time}\n${scope.join("/")}\n${hash(canonical)}`)
    .digest("hex");
  sent["authorization"] =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join("/")}, SignedHeaders=${signedHeaders}, Signature=${signature}`;

  const signedUrl = new URL(url);
  signedUrl.search = toQuery(query);
  return { url: signedUrl, headers: sent };
}

function toQuery(pairs: readonly string[]): string {
  return pairs.join("&").replaceAll("\0", "=");
}

/** As RFC 3986 has it, which leaves fewer characters as they are than `encodeURIComponent` does. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
