import type { SecretsManagerRotationEvent } from "aws-lambda";

/** What a test says of one step of a rotation; the rest is made up, and the same in every run. */
export interface SecretRotationEventInput {
  /** @default "createSecret" */
  readonly step?: SecretsManagerRotationEvent["Step"] | undefined;
  /** The secret's name. @default "secret" */
  readonly secretName?: string | undefined;
  /** The id of the new version. */
  readonly clientRequestToken?: string | undefined;
  /** @default none */
  readonly rotationToken?: string | undefined;
}

/**
 * The event of one step of a rotation: what `secretRotation()` opens.
 *
 * AWS: "Lambda rotation functions".
 *
 * @example
 * secretRotationEvent({ step: "finishSecret" });
 */
export function secretRotationEvent(input: SecretRotationEventInput = {}): SecretsManagerRotationEvent {
  const { step = "createSecret", secretName = "secret", rotationToken } = input;
  return {
    Step: step,
    SecretId: `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${secretName}-a1b2c3`,
    ClientRequestToken: input.clientRequestToken ?? "51f72378-0000-4000-8000-000000000001",
    ...(rotationToken !== undefined && { RotationToken: rotationToken }),
  };
}
