import { answer, type DeadlineOptions, type Ignored, type Kind, type Layer, layer, PayloadError, type Source } from "@lamella/core";
import { awsCall } from "@lamella/core/aws";
import { mustBe, singleSource, toOutcome } from "@lamella/core/extend";
import type { SecretsManagerRotationEvent } from "aws-lambda";
import { RotationVersionError } from "./errors/rotation-version-error.ts";
import type { AwsClient } from "./internal/aws-client.ts";

// AWS's types, or users' declarations could not name them.
export type { SecretsManagerRotationEvent } from "aws-lambda";
export type { AwsClient, AwsClientCall } from "./internal/aws-client.ts";
export { RotationVersionError };

/** The four steps, in the order in which Secrets Manager asks for them. */
export type RotationStepName = "createSecret" | "setSecret" | "testSecret" | "finishSecret";

/** One step of a rotation. */
export interface RotationStep<out Step extends RotationStepName> {
  readonly step: Step;
  /** The secret's ARN. */
  readonly secretId: string;
  /** The id of the new version: the `ClientRequestToken` of `PutSecretValue`, and the `VersionId` of `GetSecretValue`. */
  readonly clientRequestToken: string;
  /** For `PutSecretValue` where the function assumes a role, as for a secret of another account. */
  readonly rotationToken: string | undefined;
  /** The event as Secrets Manager sent it. */
  readonly raw: SecretsManagerRotationEvent;
}

/**
 * What Secrets Manager asks for: one of the four steps. It may ask for each more than once.
 *
 * AWS: "Lambda rotation functions".
 */
export type Rotation = RotationStep<"createSecret"> | RotationStep<"setSecret"> | RotationStep<"testSecret"> | RotationStep<"finishSecret">;

export interface SecretRotationKind extends Kind {
  readonly event: SecretsManagerRotationEvent;
  readonly reply: void;
  readonly item: Rotation;
  readonly context: unknown;
  readonly output: Ignored;
}

export interface SecretRotationOptions extends DeadlineOptions {}

const STEPS: Readonly<Record<string, RotationStepName>> = {
  createSecret: "createSecret",
  setSecret: "setSecret",
  testSecret: "testSecret",
  finishSecret: "finishSecret",
  // AWS's documentation spells them so.
  create_secret: "createSecret",
  set_secret: "setSecret",
  test_secret: "testSecret",
  finish_secret: "finishSecret",
};

/**
 * The source for rotations of Secrets Manager. What the handler returns is ignored; what it throws fails the rotation,
 * which Secrets Manager then tries again from the first step.
 *
 * AWS: "Lambda rotation functions".
 *
 * @throws {RangeError} At load, when a moment of the deadline is out of its range.
 * @example
 * export const handler = wrap(secretRotation(), pendingVersion(), steps({ createSecret, setSecret, testSecret, finishSecret }));
 */
export function secretRotation(options: SecretRotationOptions = {}): Source<SecretRotationKind> {
  return singleSource<SecretRotationKind>({
    name: "secretRotation",
    expects: "an event of a Secrets Manager rotation (Step, SecretId and ClientRequestToken)",
    accepts: isRotationEvent,
    options,
    item: (raw) => {
      const { Step: step, SecretId: secretId, ClientRequestToken: clientRequestToken } = raw;
      const { RotationToken: rotationToken } = raw as { readonly RotationToken?: string | null };
      return { step: stepOf(step), secretId, clientRequestToken, rotationToken: rotationToken ?? undefined, raw };
    },
    delivery: ({ Step: step, ClientRequestToken: token }) => ({
      id: `${token}/${stepOf(step)}`,
      index: 0,
      source: "secretRotation",
      attempt: undefined,
    }),
    decode: (item) => {
      if (Object.hasOwn(STEPS, item.step)) return item;
      throw new PayloadError({ part: "Step", problem: "is none of createSecret, setSecret, testSecret and finishSecret" });
    },
    finish: toOutcome,
    reply: () => {},
  });
}

/** The step in one spelling; an unknown one as it came, and refused before the handler. */
function stepOf(step: string): RotationStepName {
  return (Object.hasOwn(STEPS, step) ? STEPS[step] : step) as RotationStepName;
}

function isRotationEvent(event: unknown): boolean {
  if (typeof event !== "object" || event === null) return false;
  const { Step: step, SecretId: secretId, ClientRequestToken: token } = event as Readonly<Record<string, unknown>>;
  return typeof step === "string" && typeof secretId === "string" && typeof token === "string";
}

/** What to do at each step. */
export type RotationSteps<Ctx> = {
  readonly [Step in RotationStepName]: (rotation: RotationStep<Step>, ctx: Ctx) => Ignored | Promise<Ignored>;
};

/**
 * Makes one handler of four.
 *
 * @throws {TypeError} At load, when one is missing.
 * @example
 * steps({ createSecret, setSecret: async () => {}, testSecret, finishSecret });
 */
export function steps<Ctx>(each: RotationSteps<Ctx>): (rotation: Rotation, ctx: Ctx) => Promise<Ignored> {
  for (const name of new Set(Object.values(STEPS)))
    mustBe(typeof each[name] === "function", `steps({ ${name} })`, "a function", each[name]);
  // A method of its own step each: TypeScript cannot follow the discriminant into the record.
  return async (rotation, ctx) => (each[rotation.step] as (rotation: Rotation, ctx: Ctx) => unknown)(rotation, ctx) as Ignored;
}

export interface PendingVersionOptions {
  /**
   * How Secrets Manager is called. The function's role needs `secretsmanager:DescribeSecret`.
   * @default `awsCall` of `@lamella/core/aws`
   */
  readonly client?: AwsClient | undefined;
}

/**
 * A layer that lets a step run only for a version that waits for its rotation, as AWS's templates do: it asks Secrets
 * Manager for the labels. A version that is current already is done, and the handler is not run.
 *
 * AWS: "Lambda rotation functions".
 *
 * @throws {TypeError} At load, when `client` is no function.
 */
export function pendingVersion({ client = awsCall }: PendingVersionOptions = {}): Layer<Rotation, {}, {}> {
  mustBe(typeof client === "function", "pendingVersion({ client })", "a function", client);
  return layer<Rotation>("pendingVersion", async ({ secretId, clientRequestToken: version }, { signal }, next) => {
    const described = await client({
      service: "secretsmanager",
      serviceId: "Secrets Manager",
      target: "secretsmanager.DescribeSecret",
      input: { SecretId: secretId },
      jsonVersion: "1.1",
      signal,
    });
    const { RotationEnabled: isEnabled, VersionIdsToStages: versions } = (described ?? {}) as Described;
    const labels = versions && Object.hasOwn(versions, version) ? versions[version] : undefined;
    if (isEnabled === false) throw new RotationVersionError("rotation is not enabled for the secret");
    if (labels === undefined) throw new RotationVersionError(`the secret has no version ${version}`);
    // A step that is asked for again after the last one went through.
    if (labels.includes("AWSCURRENT")) return answer(undefined);
    if (!labels.includes("AWSPENDING")) throw new RotationVersionError(`version ${version} is not labelled AWSPENDING`);
    return next();
  });
}

interface Described {
  readonly RotationEnabled?: boolean | undefined;
  readonly VersionIdsToStages?: Readonly<Record<string, readonly string[]>> | undefined;
}
