import { readFileSync } from "node:fs";
import { wrap } from "@lamella/core";
import { sqs } from "@lamella/events/sqs";
import { lambdaContext, sqsEvent } from "@lamella/testing";
import { context, propagation, trace } from "@opentelemetry/api";
import { expect, it, onTestFinished, vi } from "vitest";
import { otlpReceiver, otlpTrees } from "../../test/otel/otlp-receiver.ts";
import { otel } from "./otel.ts";

it("the guide's set-up is the one that is tested", () => {
  const guide = readFileSync(new URL("../../../../docs/guide/opentelemetry.md", import.meta.url), "utf8");
  const setUp = readFileSync(new URL("../../test/otel/telemetry.ts", import.meta.url), "utf8");

  expect(guide).toContain(setUp);
});

it("the guide's set-up exports traces to where the environment says", async () => {
  const { url, spans } = await otlpReceiver();
  vi.stubEnv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", url);
  onTestFinished(() => {
    trace.disable();
    propagation.disable();
    context.disable();
  });
  await import("../../test/otel/telemetry.ts");

  await wrap(sqs(), otel(), async (_message, { trace: own }) => own.span("reserve", async () => {}))(
    sqsEvent([{ body: "a" }]),
    lambdaContext(),
  );

  expect(otlpTrees(spans)).toEqual([{ name: "process queue", spans: [{ name: "process queue", spans: [{ name: "reserve" }] }] }]);
});
