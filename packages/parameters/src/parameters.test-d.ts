import { SecretsProvider } from "@aws-lambda-powertools/parameters/secrets";
import { SSMProvider } from "@aws-lambda-powertools/parameters/ssm";
import { bytes, codec, type Resource, resource, wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import * as v from "valibot";
import { z } from "zod";
import { parameters, secrets } from "./index.ts";

function same<A, B>(..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : ["differs", A, B]): void {}

const Db = z.object({ host: z.string(), password: z.string() });
const secret = secrets({
  db: { id: "prod/db", schema: Db },
  key: "prod/key",
  old: { id: "k", versionStage: "AWSPREVIOUS" },
  file: { id: "f", schema: bytes() },
});
const parameter = parameters({
  stage: "/stage",
  limits: { name: "/limits", schema: v.object({ most: v.number() }) },
  rate: { name: "/rate", schema: codec(Number) },
  hosts: { name: "/hosts", list: true },
  ports: { name: "/ports", list: true, schema: z.array(z.coerce.number()) },
  flags: { path: "/flags" },
  checked: { path: "/flags", recursive: true, schema: z.object({ beta: z.stringbool() }) },
});

// What they are is typed in handlers, and in resources that need them.
wrap(sqs(), secret, parameter, async (_message, ctx) => {
  same<typeof ctx.secret.db, { host: string; password: string }>();
  same<typeof ctx.secret.key, string>();
  same<typeof ctx.secret.old, string>();
  same<typeof ctx.secret.file, Uint8Array>();
  same<typeof ctx.parameter.stage, string>();
  same<typeof ctx.parameter.limits, { most: number }>();
  same<typeof ctx.parameter.rate, number>();
  same<typeof ctx.parameter.hosts, readonly string[]>();
  same<typeof ctx.parameter.ports, number[]>();
  same<typeof ctx.parameter.flags, Readonly<Record<string, string>>>();
  same<typeof ctx.parameter.checked, { beta: boolean }>();
  // @ts-expect-error there is no such secret
  ctx.secret.dbb;
  // @ts-expect-error a secret is not to be changed
  ctx.secret.key = "";
});
resource("pool", { needs: [secret, parameter], init: (needs) => `${needs.secret.db.host}${needs.parameter.stage}` });

// Under another name.
const keys = secrets({ key: "key" }, { name: "keys", maxAgeMs: 60_000, region: "eu-central-1", provider: "extension" });
keys satisfies Resource<"keys", { readonly key: string }>;
wrap(sqs(), secret, keys, async (_message, ctx) => ctx.keys.key.length);

// Powertools' providers, as they are.
secrets({ key: "key" }, { provider: new SecretsProvider() });
parameters({ stage: "/stage" }, { provider: new SSMProvider() });
secrets({ key: "key" }, { provider: { get: async (id: string) => id } });

// @ts-expect-error an id is missing
secrets({ db: { schema: Db } });
// @ts-expect-error a schema is none
secrets({ db: { id: "db", schema: {} } });
// @ts-expect-error there is no such option
secrets({ key: "key" }, { maxAge: 5 });
// @ts-expect-error there is no such provider
secrets({ key: "key" }, { provider: "vault" });
// @ts-expect-error ctx.secret is already there
wrap(sqs(), secret, secrets({ key: "key" }), async () => {});
// @ts-expect-error a parameter has a name and no id
parameters({ stage: { id: "/stage" } });
// @ts-expect-error what is below a path is no payload, so a codec cannot read it
parameters({ flags: { path: "/flags", schema: bytes() } });
// @ts-expect-error a provider that fetches no paths
parameters({ stage: "/stage" }, { provider: { get: async (name: string) => name } });
// @ts-expect-error the pool does not need the parameters
resource("pool", { needs: [secret], init: (needs) => needs.parameter.stage });
