import type { Took } from "./first-write.ts";

// A function in a new process: what its import takes, its first write, and those that follow. Not from the start of the
// process, which is the same for all; and after what Lambda's runtime client has loaded already.
await import("node:http");
const [file = "", prefix = "", warm = "0"] = process.argv.slice(2);
const context = {
  awsRequestId: "8c5b3b3e-7c0f-4f0e-9d5e-6d1d2a7f3b10",
  functionName: "orders",
  invokedFunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:orders",
  getRemainingTimeInMillis: () => 900_000,
};

const now = (): number => Number(process.hrtime.bigint());
const start = now();
const { handler } = (await import(file)) as { readonly handler: (event: object, lambda: object) => Promise<unknown> };
const imported = now();
const once = async (id: string): Promise<number> => {
  const from = now();
  const said = await handler({ id, amount: 5 }, context);
  if (said !== "charged") throw new Error(`The charge is ${String(said)}.`);
  return now() - from;
};
const firstNs = await once(`${prefix}-first`);
const warmNs: number[] = [];
for (let call = 0; call < Number(warm); call++) warmNs.push(await once(`${prefix}-${call}`));
console.log(JSON.stringify({ importNs: imported - start, firstNs, warmNs } satisfies Took));
process.exit();
