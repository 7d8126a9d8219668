import { describe, expect, it, vi } from "vitest";
import { fakeAws, PlainText, Refusal } from "../test/fake-aws.ts";
import { parameters, secrets } from "./index.ts";

/** AWS and the extension, which answer differently. */
async function both({ extension = (): unknown => undefined } = {}) {
  const aws = await fakeAws((target) =>
    target.startsWith("AmazonSSM") ? { Parameters: [{ Name: "/p", Value: "of AWS" }] } : { SecretString: "of AWS" },
  );
  const local = await fakeAws((target) => {
    const chosen = extension();
    if (chosen !== undefined) return chosen;
    return target.startsWith("/systemsmanager")
      ? { Parameter: { Name: "/p", Value: "of the extension" } }
      : { SecretString: "of the extension" };
  });
  // The second has taken over the variables.
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", aws.url);
  vi.stubEnv("AWS_ENDPOINT_URL_SSM", aws.url);
  vi.stubEnv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", String(local.port));
  return { aws, local };
}

/** Has the resource look at its values as an invocation does, when they are too old, and waits for what comes of it. */
async function grownOld(
  layer: { readonly hooks: { readonly lifecycle?: { readonly look: (() => void) | undefined } | undefined } },
  isThere: () => void,
) {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 300_000 });
  layer.hooks.lifecycle?.look?.();
  vi.useRealTimers();
  await vi.waitFor(isThere);
}

describe("the extension", () => {
  it("is not asked in the init phase, where it gives no answers, and then for what has grown too old", async () => {
    const { aws, local } = await both();
    const secret = secrets({ key: { id: "prod/key", versionStage: "AWSCURRENT" } });
    expect(await secret.value()).toEqual({ key: "of AWS" });
    expect(local.calls).toEqual([]);

    await grownOld(secret, () => expect(local.calls).toHaveLength(1));

    await vi.waitFor(async () => expect(await secret.value()).toEqual({ key: "of the extension" }));
    expect(aws.calls).toHaveLength(1);
    expect(local.calls[0]).toMatchObject({
      target: "/secretsmanager/get",
      input: { secretId: "prod/key", versionStage: "AWSCURRENT" },
      headers: { "x-aws-parameters-secrets-token": "session-token" },
    });
  });

  it("is passed over by refresh, because it may answer with what it has kept", async () => {
    const { aws, local } = await both();
    const secret = secrets({ key: "key" });
    await secret.value();

    await secret.refresh();

    expect(aws.calls).toHaveLength(2);
    expect(local.calls).toEqual([]);
  });

  it("is asked for parameters by name, decrypted, and not for versions and paths", async () => {
    const { aws, local } = await both();
    const parameter = parameters({ p: "/p", below: { path: "/" } });
    await parameter.value();

    await grownOld(parameter, () => expect(aws.calls).toHaveLength(3));

    await vi.waitFor(async () => expect((await parameter.value()).p).toBe("of the extension"));
    expect(local.calls.map(({ target, input }) => ({ target, input }))).toEqual([
      { target: "/systemsmanager/parameters/get", input: { name: "/p", withDecryption: "true" } },
    ]);
  });

  it.for([
    { what: "refuses", extension: () => new Refusal(400, "", "not ready to serve traffic, please wait") },
    { what: "fails", extension: () => new Refusal(500, "") },
    { what: "gives no value", extension: () => new Refusal(200, "") },
    { what: "gives null", extension: () => null },
    { what: "gives no JSON", extension: () => new PlainText("ready") },
  ])("leaves it to the service where it $what", async ({ extension }) => {
    const { aws, local } = await both({ extension });
    const secret = secrets({ key: "key" });
    await secret.value();

    await grownOld(secret, () => expect(aws.calls).toHaveLength(2));

    expect(local.calls).toHaveLength(1);
    expect(await secret.value()).toEqual({ key: "of AWS" });
  });

  it("leaves it to the service where it does not listen", async () => {
    const { aws } = await both();
    const secret = secrets({ key: "key" }, { provider: "extension" });
    vi.stubEnv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "1");
    await secret.value();

    await grownOld(secret, () => expect(aws.calls).toHaveLength(2));
  });

  it("is not asked without its variable, nor where the option says otherwise", async () => {
    const { aws, local } = await both();
    const direct = secrets({ key: "key" }, { provider: "aws" });
    await direct.value();
    await grownOld(direct, () => expect(aws.calls).toHaveLength(2));
    vi.stubEnv("PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", undefined);
    const plain = secrets({ key: "key" });
    await plain.value();
    await grownOld(plain, () => expect(aws.calls).toHaveLength(4));

    expect(local.calls).toEqual([]);
  });
});
