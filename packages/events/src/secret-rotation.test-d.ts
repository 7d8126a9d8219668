import { type Lambda, wrap } from "@lamella/core";
import { awsCall } from "@lamella/core/aws";
import type { SecretsManagerRotationHandler } from "aws-lambda";
import { same } from "../../core/test/same.ts";
import { logger } from "../../core/test/stand-ins.ts";
import {
  pendingVersion,
  type Rotation,
  type RotationStep,
  type SecretsManagerRotationEvent,
  secretRotation,
  steps,
} from "./secret-rotation.ts";
import { sqs } from "./sqs.ts";

export const one = wrap(secretRotation(), logger(), pendingVersion({ client: awsCall }), async (rotation, { log }) => {
  same<typeof rotation, Rotation>();
  if (rotation.step === "createSecret") same<typeof rotation, RotationStep<"createSecret">>();
  log.info(rotation.secretId);
});
same<typeof one, Lambda<SecretsManagerRotationEvent, void>>();
export const asAws: SecretsManagerRotationHandler = one;

const none = async (): Promise<void> => {};
wrap(
  secretRotation(),
  logger(),
  steps({
    createSecret: async ({ step, clientRequestToken }, { log }) => {
      same<typeof step, "createSecret">();
      log.info(clientRequestToken);
    },
    setSecret: none,
    testSecret: none,
    finishSecret: none,
  }),
);
// @ts-expect-error 2345: a rotation that is never finished
wrap(secretRotation(), steps({ createSecret: none, setSecret: none, testSecret: none }));
// @ts-expect-error 2345: messages have no version
wrap(sqs(), pendingVersion(), async () => {});
// @ts-expect-error 2353: there is no such option
secretRotation({ client: awsCall });
// @ts-expect-error 2322: a client is a function
pendingVersion({ client: {} });
