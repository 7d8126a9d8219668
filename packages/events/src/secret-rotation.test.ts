import { wrap } from "@lamella/core";
import { lambdaContext, secretRotationEvent, testing } from "@lamella/testing";
import { describe, expect, it, vi } from "vitest";
import { type AwsClientCall, pendingVersion, type Rotation, secretRotation, steps } from "./secret-rotation.ts";

const TOKEN = secretRotationEvent().ClientRequestToken;

describe("secretRotation", () => {
  it("gives the handler a step", async () => {
    const seen: Rotation[] = [];
    const event = secretRotationEvent({ step: "testSecret", rotationToken: "r" });
    await wrap(secretRotation(), async (step) => void seen.push(step))(event, lambdaContext());

    expect(seen).toEqual([{ step: "testSecret", secretId: event.SecretId, clientRequestToken: TOKEN, rotationToken: "r", raw: event }]);
  });

  it.for([
    { sent: "create_secret", step: "createSecret" },
    { sent: "set_secret", step: "setSecret" },
    { sent: "test_secret", step: "testSecret" },
    { sent: "finish_secret", step: "finishSecret" },
  ])("takes $sent for $step", async ({ sent, step }) => {
    const seen: string[] = [];
    await wrap(secretRotation(), async (rotation) => void seen.push(rotation.step))(
      { ...secretRotationEvent(), Step: sent as never },
      lambdaContext(),
    );

    expect(seen).toEqual([step]);
  });

  it.for(["rollBack", "", "toString"])("refuses the step %j before the handler", async (step) => {
    const handle = vi.fn(async () => {});
    const event = { ...secretRotationEvent(), Step: step as never };

    await expect(wrap(secretRotation(), handle)(event, lambdaContext())).rejects.toMatchObject({ code: "LAMELLA_PAYLOAD", part: "Step" });
    expect(handle).not.toHaveBeenCalled();
  });

  it("rejects with the handler's own error, so that Secrets Manager sees the rotation fail", async () => {
    const error = new Error("the database is down");
    const handler = wrap(secretRotation(), async () => {
      throw error;
    });

    expect((await testing(handler).send(secretRotationEvent())).error).toBe(error);
  });

  it("names a step by its version", async () => {
    const { outcomes } = await testing(wrap(secretRotation(), async () => {})).send(secretRotationEvent({ step: "setSecret" }));

    expect(outcomes).toMatchObject([{ delivery: { id: `${TOKEN}/setSecret`, source: "secretRotation" }, fate: "done" }]);
  });
});

describe("steps", () => {
  const all = { createSecret: async () => {}, setSecret: async () => {}, testSecret: async () => {}, finishSecret: async () => {} };

  it.for(["createSecret", "setSecret", "testSecret", "finishSecret"] as const)("runs the one for %s", async (step) => {
    const ran: string[] = [];
    const handler = wrap(
      secretRotation(),
      steps({
        createSecret: async (rotation) => void ran.push(`create ${rotation.step}`),
        setSecret: async (rotation) => void ran.push(`set ${rotation.step}`),
        testSecret: async (rotation) => void ran.push(`test ${rotation.step}`),
        finishSecret: async (rotation) => void ran.push(`finish ${rotation.step}`),
      }),
    );
    await handler(secretRotationEvent({ step }), lambdaContext());

    expect(ran).toEqual([`${step.replace("Secret", "")} ${step}`]);
  });

  it.for(Object.keys(all))("throws at load when %s is missing", (name) => {
    expect(() => steps({ ...all, [name]: undefined })).toThrow(`steps({ ${name} }) must be a function`);
  });
});

describe("pendingVersion", () => {
  it.for([
    { labels: { [TOKEN]: ["AWSPENDING"] }, isEnabled: true, runs: 1, says: undefined },
    { labels: { [TOKEN]: ["AWSCURRENT", "AWSPENDING"] }, isEnabled: true, runs: 0, says: undefined },
    { labels: { [TOKEN]: ["AWSPREVIOUS"] }, isEnabled: true, runs: 0, says: "is not labelled AWSPENDING" },
    { labels: { other: ["AWSPENDING"] }, isEnabled: true, runs: 0, says: "has no version" },
    { labels: undefined, isEnabled: true, runs: 0, says: "has no version" },
    { labels: { [TOKEN]: ["AWSPENDING"] }, isEnabled: false, runs: 0, says: "rotation is not enabled" },
  ])("runs the handler $runs times with labels $labels, enabled $isEnabled", async ({ labels, isEnabled, runs, says }) => {
    const calls: AwsClientCall[] = [];
    const client = async (call: AwsClientCall) => {
      calls.push(call);
      return { RotationEnabled: isEnabled, VersionIdsToStages: labels };
    };
    const handle = vi.fn(async () => {});
    const { error } = await testing(wrap(secretRotation(), pendingVersion({ client }), handle)).send(secretRotationEvent());

    expect(handle).toHaveBeenCalledTimes(runs);
    if (says === undefined) expect(error).toBeUndefined();
    else expect(error).toMatchObject({ code: "LAMELLA_ROTATION_VERSION", message: expect.stringContaining(says) });
    expect(calls).toMatchObject([{ target: "secretsmanager.DescribeSecret", input: { SecretId: secretRotationEvent().SecretId } }]);
  });

  it("throws at load when its client is no function", () => {
    expect(() => pendingVersion({ client: {} as never })).toThrow("pendingVersion({ client }) must be a function");
  });
});
