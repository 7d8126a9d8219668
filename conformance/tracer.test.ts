import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sqsEvent } from "@lamella/testing";
import { describe, expect, it, onTestFinished } from "vitest";
import { Daemon, namesOf, treesOf } from "../packages/tracer/test/daemon.ts";
import { clients } from "./clients.ts";
import { type Format, messagesOf, run } from "./run.ts";

const ROOT = "1-5759e988-bd862e3fe1be46a994272793";
const PARENT = "557abcec3ee5a047";
const sampled = `Root=${ROOT};Parent=${PARENT};Sampled=1`;

const formats: readonly Format[] = ["esm", "cjs"];
const table = clients.flatMap(({ of, client }) => formats.map((format) => ({ of, client, format })));

/** The function in a runtime of its own, and the daemon that it sends to. */
async function traced(client: string, format: Format, env: Readonly<Record<string, string>> = {}) {
  const daemon = await Daemon.start();
  onTestFinished(() => daemon.close());
  const runtime = await run("traced", { client, format, needsRequire: true, env: { AWS_XRAY_DAEMON_ADDRESS: daemon.address, ...env } });
  return { daemon, runtime };
}

describe.for(table)("a traced bundle in $format under $of", ({ client, format }) => {
  it("writes the tree of each invocation, with what it calls", async () => {
    const server = createServer((_request, response) => response.end("{}"));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { daemon, runtime } = await traced(client, format);
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/stock`;

    const { reply, logs } = await runtime.invoke(sqsEvent([{ body: "good" }, { body: url }]), { traceId: sampled });

    expect(reply).toEqual({ batchItemFailures: [] });
    expect(messagesOf(logs)).toEqual(["loaded true", "loaded true"]);
    const documents = await daemon.received(6);
    expect(namesOf(treesOf(documents, PARENT, ROOT))).toEqual([
      [
        "## traced.handler",
        [
          ["sqs", ["reserve"]],
          ["sqs", [["reserve", ["127.0.0.1"]]]],
        ],
      ],
    ]);
    expect(documents).toHaveLength(6);
    expect(treesOf(documents, PARENT)[0]?.annotations).toEqual({ ColdStart: true, Service: "orders" });
  });

  it("keeps invocations apart, and notes what fails", async () => {
    const { daemon, runtime } = await traced(client, format);
    const second = ROOT.replace("5759e988", "5759e989");

    await runtime.invoke(sqsEvent([{ body: "good" }]), { traceId: sampled });
    const { error } = await runtime.invoke(sqsEvent([{ body: "bad" }]), { traceId: sampled.replace(ROOT, second) });

    expect(error).toMatchObject({ errorType: "BatchFailedError" });
    const documents = await daemon.received(6);
    expect(treesOf(documents, PARENT, ROOT)).toMatchObject([{ annotations: { ColdStart: true }, children: [{ children: [{}] }] }]);
    expect(treesOf(documents, PARENT, second)).toMatchObject([
      { annotations: { ColdStart: false }, fault: true, children: [{ fault: true, children: [{ name: "reserve", fault: true }] }] },
    ]);
  });

  it.for([
    { where: "is not sampled", traceId: sampled.replace("Sampled=1", "Sampled=0"), env: {} },
    { where: "is only passed on", traceId: `Root=${ROOT};Lineage=a87bd80c:1`, env: {} },
    { where: "is sampled, but tracing is switched off", traceId: sampled, env: { POWERTOOLS_TRACE_ENABLED: "false" } },
  ])("never loads the X-Ray SDK where the trace $where", async ({ traceId, env }) => {
    const { daemon, runtime } = await traced(client, format, env);

    const { reply, logs } = await runtime.invoke(sqsEvent([{ body: "good" }]), { traceId });

    expect(reply).toEqual({ batchItemFailures: [] });
    expect(messagesOf(logs)).toEqual(["loaded false"]);
    expect(await daemon.received(0)).toEqual([]);
  });
});
