import { expect, it } from "vitest";
import { prove, UNREAD_MESSAGES } from "./check.ts";
import { checkUnread, queueScenarios } from "./queues.ts";

it.for([
  { kind: "standard", isFifo: false },
  { kind: "FIFO", isFifo: true },
])(
  "loses of a $kind queue whose mapping reads no replies what failed beside something done, and no more, whatever goes wrong",
  { timeout: 600_000 },
  async ({ isFifo, kind }) => {
    const lost = { count: 0 };
    const had = await prove(
      queueScenarios(isFifo),
      async (scenario) => {
        lost.count += await checkUnread(scenario, isFifo);
      },
      UNREAD_MESSAGES,
      7,
    );

    console.log(`${kind} queues without ReportBatchItemFailures: ${had} messages, ${lost.count} lost`);
    expect(lost.count).toBeGreaterThan(0);
  },
);
