import { hasCode } from "@lamella/core";
import { type AwsError, awsCall } from "@lamella/core/aws";
import { ParameterError } from "./errors/parameter-error.ts";
import { askExtension, mayAskExtension } from "./extension.ts";
import type { Secret, SecretsOptions } from "./secrets.ts";
import { TRY_MS } from "./try-ms.ts";

/** What Secrets Manager answers, and the extension likewise. */
interface Answer {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}

/** Fetches a secret: text, or bytes. */
export async function fetchSecret(
  { id, versionId, versionStage }: Secret,
  what: string,
  { region, provider }: Pick<SecretsOptions, "region" | "provider">,
  isFresh: boolean,
): Promise<string | Uint8Array> {
  const version = {
    ...(versionId !== undefined && { VersionId: versionId }),
    ...(versionStage !== undefined && { VersionStage: versionStage }),
  };
  if (typeof provider === "object") {
    const hasVersion = versionId !== undefined || versionStage !== undefined;
    const found = await provider.get(id, { forceFetch: true, ...(hasVersion && { sdkOptions: version }) });
    if (typeof found === "string" || found instanceof Uint8Array) return found;
    throw missing(what, found === undefined ? "is not there" : "is neither text nor bytes, as the provider gives it");
  }
  if (mayAskExtension(provider, isFresh)) {
    const kept = valueOf(await askExtension<Answer>("/secretsmanager/get", { secretId: id, versionId, versionStage }));
    if (kept !== undefined) return kept;
  }
  const value = valueOf(await getSecretValue({ SecretId: id, ...version }, region, what));
  if (value === undefined) throw missing(what, "has no value");
  return value;
}

function valueOf(answer: Answer | undefined): string | Uint8Array | undefined {
  const { SecretString: text, SecretBinary: encoded } = answer ?? {};
  if (typeof text === "string") return text;
  return typeof encoded === "string" ? Buffer.from(encoded, "base64") : undefined;
}

async function getSecretValue(input: object, region: string | undefined, what: string): Promise<Answer> {
  try {
    return await awsCall<Answer>({
      service: "secretsmanager",
      serviceId: "Secrets Manager",
      target: "secretsmanager.GetSecretValue",
      jsonVersion: "1.1",
      region,
      timeoutMs: TRY_MS,
      input,
    });
  } catch (error) {
    if (hasCode(error, "LAMELLA_AWS") && (error as AwsError).awsCode === "ResourceNotFoundException")
      throw missing(what, `is not in ${region ?? process.env["AWS_REGION"]}, or has no such version`);
    throw error;
  }
}

function missing(what: string, problem: string): ParameterError {
  return new ParameterError({ what, problem, advice: "Check its name, the region, and that a value was put into it." });
}
