import { execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bundle } from "../size/bundle.ts";
import type { Program } from "../size/programs.ts";
import { type Spread, spreadOf } from "../stats.ts";
import { showNs, showRange, showRatio, toTable } from "../table.ts";
import { showVerdict, type Verdict } from "../verdict.ts";

/** What one process took, in nanoseconds. */
export interface Took {
  readonly importNs: number;
  readonly firstNs: number;
  readonly warmNs: readonly number[];
}

const RUNS = 15;
const WARM = 150;
/** The first of them are still new to the engine. */
const SKIPPED = 50;
const folder = new URL("../../.tmp/first-write/", import.meta.url);

const TITLES: Readonly<Record<string, string>> = {
  "first write": "the call of the first write",
  both: "a new process' import and first write",
};
const OURS = "dynamodbStore";
const PEER = "Powertools, the SDK in the bundle";
const powertools = `
  import { IdempotencyConfig, makeIdempotent } from "@aws-lambda-powertools/idempotency";
  import { DynamoDBPersistenceLayer } from "@aws-lambda-powertools/idempotency/dynamodb";
  const config = new IdempotencyConfig({ eventKeyJmesPath: "id" });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: "idempotency" });
  const once = makeIdempotent(async () => "charged", { persistenceStore, config });
  export const handler = (event, context) => { config.registerLambdaContext(context); return once(event); };`;
const programs: readonly Program[] = [
  {
    name: OURS,
    code: `import { direct, wrap } from "@lamella/core"; import { idempotency } from "@lamella/idempotency";
      import { dynamodbStore } from "@lamella/idempotency/dynamodb";
      const store = dynamodbStore({ table: "idempotency" });
      export const handler = wrap(direct(), idempotency({ store, key: ({ id }) => id }), async () => "charged");`,
  },
  {
    name: "sdkDynamodbStore, the SDK in the bundle",
    code: `import { direct, wrap } from "@lamella/core"; import { idempotency } from "@lamella/idempotency";
      import { DynamoDBClient } from "@aws-sdk/client-dynamodb"; import { sdkDynamodbStore } from "@lamella/idempotency/dynamodb-sdk";
      const store = sdkDynamodbStore({ table: "idempotency", client: new DynamoDBClient({}) });
      export const handler = wrap(direct(), idempotency({ store, key: ({ id }) => id }), async () => "charged");`,
    bringsSdk: true,
  },
  { name: PEER, code: powertools, bringsSdk: true },
  { name: "Powertools, the SDK beside it", code: powertools },
];

/** Times the first write of functions in new processes, and warm ones, on an embedded DynamoDB. A write is of one new key: begin, and complete. */
export async function firstWrite(): Promise<unknown> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const cases = await Promise.all(
    programs.map(async (program, index) => {
      const file = fileURLToPath(new URL(`${index}.mjs`, folder));
      const { code, bytes } = await bundle(program);
      await writeFile(file, code);
      return { name: program.name, file, bytes, took: [] as Took[] };
    }),
  );
  const env = { ...process.env, AWS_REGION: "eu-central-1", AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };
  const server = fork(new URL("server.ts", import.meta.url), { env, execArgv: [] });
  try {
    const [endpoint] = (await once(server, "message")) as [string];
    // In turns, so that what disturbs the machine disturbs all; the first round is thrown away.
    for (let run = 0; run <= RUNS; run++) {
      for (const { name, file, took } of cases) {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [fileURLToPath(new URL("function.ts", import.meta.url)), file, `${name}-${run}`, String(WARM)],
          { env: { ...env, AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_LAMBDA_FUNCTION_NAME: "orders" } },
        );
        if (run > 0) took.push(JSON.parse(stdout) as Took);
      }
    }
  } finally {
    server.kill();
  }
  const measures: readonly (readonly [string, (took: Took) => number])[] = [
    ["import", ({ importNs }) => importNs],
    ["first write", ({ firstNs }) => firstNs],
    ["both", ({ importNs, firstNs }) => importNs + firstNs],
    ["warm write", ({ warmNs }) => spreadOf(warmNs.slice(SKIPPED)).median],
  ];
  const peer = cases.find(({ name }) => name === PEER) as (typeof cases)[number];
  const figures = cases.map(({ name, bytes, took }) => ({
    name,
    bytes,
    figures: measures.map(([what, of]) => ({
      what,
      ns: spreadOf(took.map(of)),
      // Of the same round.
      ratio: spreadOf(took.map((one, run) => of(one) / of(peer.took[run] as Took))),
    })),
  }));
  const rows = figures.map(({ name, figures: all }) => [
    name,
    ...all.flatMap(({ ns, ratio }) => [showNs(ns.median), showRatio(ratio.median)]),
  ]);
  console.log(
    `\nA new key on an embedded DynamoDB, as times and as multiples of ${PEER}\n${toTable(["", ...measures.flatMap(([what]) => [what, ""])], rows)}`,
  );
  for (const { name, figures: all } of figures)
    console.log(`  ${name}: ${all.map(({ what, ns }) => `${what} ${showRange(ns, showNs)}`).join(", ")}`);
  const own = figures.find(({ name }) => name === OURS)?.figures ?? [];
  const budgets = { "first write": 0.5, both: 0.5, "warm write": 1 };
  const verdicts = Object.entries(budgets).flatMap(([what, budget]): Verdict[] => {
    const ratio: Spread | undefined = own.find((one) => one.what === what)?.ratio;
    return ratio === undefined
      ? []
      : [{ figure: `${TITLES[what] ?? what}, of ${PEER}`, budget, value: ratio.median, low: ratio.low, high: ratio.high }];
  });
  console.log(verdicts.map((verdict) => showVerdict(verdict)).join("\n"));
  return { figures, verdicts };
}
