import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Lambda } from "@lamella/core";
import { httpApiEvent, lambdaContext, sqsEvent } from "@lamella/testing";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { bundled } from "../../bundled.ts";
import { say, showLogs } from "../../show.ts";
import { startProvider } from "./provider.ts";
import { startTable } from "./table.ts";

interface Functions {
  readonly api: Lambda<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;
  readonly consumer: Lambda<SQSEvent, SQSBatchResponse>;
}

/** How often the queue may deliver until the crash is healed: the lease ends four seconds after it began. */
const MAX_DELIVERIES = 12;

/** Runs the example on real events, and tells what happens; false when it did not come out as it must. */
export async function start(): Promise<boolean> {
  say.title("payments: an HTTP API and a queue, which charge once");
  const stopTable = await startTable();
  const provider = await startProvider();
  process.env["PROVIDER_URL"] = provider.url;
  const folder = join(import.meta.dirname, "..");
  const { api, consumer } = await bundled<Functions>(folder, "api", "consumer");
  // A module that is loaded again is another execution environment: it knows nothing of what the first one is at.
  const { handler: elsewhere } = (await import(`${join(folder, "dist/api.mjs")}?elsewhere`)) as { readonly handler: Functions["api"] };
  const restore = showLogs();
  const problems: string[] = [];
  const mustBe = (what: string, value: unknown, expected: unknown): void => {
    if (JSON.stringify(value) !== JSON.stringify(expected)) problems.push(`${what}: ${JSON.stringify(value)}`);
  };
  const post = async (key: string | undefined, body: object, via = api): Promise<APIGatewayProxyStructuredResultV2> => {
    const event = httpApiEvent({ method: "POST", path: "/charges", body, headers: key === undefined ? {} : { "idempotency-key": key } });
    const reply = await via(event, lambdaContext({ functionName: "payments-api", awsRequestId: randomUUID() }));
    const after = reply.headers?.["retry-after"];
    say.exchange(
      `POST /charges ${JSON.stringify(body)}${key === undefined ? "" : `, key ${key}`}`,
      `${reply.statusCode}${after === undefined ? "" : `, retry-after ${after}`} ${reply.body}`,
    );
    return reply;
  };
  try {
    say.step("A charge over HTTP, and the same again: a replay");
    const order = { order: "order-1", amount: 500 };
    const first = await post("key-1", order);
    const again = await post("key-1", order, elsewhere);
    mustBe("the first charge", first.statusCode, 201);
    mustBe("the replay", again, first);

    say.step("The key with another amount, and no key at all");
    mustBe("another amount", (await post("key-1", { ...order, amount: 999 })).statusCode, 422);
    mustBe("no key", (await post(undefined, order)).statusCode, 400);

    say.step("A client loses patience and sends again, while the first request is in progress elsewhere");
    const slow = provider.holdNext();
    const pending = post("key-2", { order: "order-2", amount: 700 });
    await slow.arrived;
    const busy = await post("key-2", { order: "order-2", amount: 700 }, elsewhere);
    mustBe("the conflict", [busy.statusCode, busy.headers?.["retry-after"] !== undefined], [409, true]);
    slow.release();
    const settled = await pending;
    mustBe("the slow charge", settled.statusCode, 201);
    mustBe("its replay", await post("key-2", { order: "order-2", amount: 700 }, elsewhere), settled);

    say.step("The queue delivers a message, and the process is killed before the charge");
    const event = sqsEvent([{ id: "message-1", body: { order: "order-3", amount: 900 } }]);
    await killedInTheMiddle(event, provider.holdNext());
    say.step("The queue delivers it again, until the lease of the dead process is over");
    let failures = 1;
    for (let delivery = 2; failures > 0 && delivery < MAX_DELIVERIES; delivery++) {
      const reply = await deliver(consumer, event);
      failures = reply.batchItemFailures.length;
      say.exchange(`1 message, delivery ${delivery}`, JSON.stringify(reply));
      if (delivery === 2) mustBe("the key of the dead process", failures, 1);
      if (failures > 0) await sleep(1_500);
    }
    mustBe("the message that crashed", failures, 0);
    say.step("And once more, because queues do that");
    mustBe("the copy", (await deliver(consumer, event)).batchItemFailures, []);
    mustBe("what was charged", provider.charged, ["order-1", "order-2", "order-3"]);
  } finally {
    restore();
    provider.stop();
    stopTable();
  }
  say.step(
    problems.length === 0
      ? "3 orders, each charged once: through a replay, a conflict, a crash and a copy."
      : `This did not come out as it must: ${problems.join("; ")}.`,
  );
  return problems.length === 0;
}

/** What the function replies; a batch of one message that fails rejects, and is delivered again as well. */
async function deliver(consumer: Functions["consumer"], event: SQSEvent): Promise<SQSBatchResponse> {
  try {
    return await consumer(event, lambdaContext({ functionName: "payments-consumer", awsRequestId: randomUUID(), remainingMs: 10_000 }));
  } catch (error) {
    if ((error as { readonly code?: string }).code !== "LAMELLA_BATCH_FAILED") throw error;
    return { batchItemFailures: event.Records.map(({ messageId }) => ({ itemIdentifier: messageId })) };
  }
}

async function killedInTheMiddle(event: SQSEvent, { arrived }: { readonly arrived: Promise<void> }): Promise<void> {
  const child = fork(join(import.meta.dirname, "victim.ts"), [], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const exit = once(child, "exit");
  await Promise.race([once(child, "message"), exit]);
  child.send(event);
  await Promise.race([arrived, exit]);
  child.kill("SIGKILL");
  await exit;
  say.detail("the provider was asked, and the process is dead");
}
