import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "../../..");
const out = mkdtempSync(join(root, "packages/core/.declarations-"));

afterAll(() => rmSync(out, { recursive: true }));

describe("what users export without annotations", () => {
  it("is declared in short, by names that users can import", { timeout: 60_000 }, () => {
    const config = {
      extends: join(root, "tsconfig.json"),
      compilerOptions: { noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: join(out, "types"), rootDir: root },
      include: [join(root, "packages/core/test/declared.fixture.ts")],
    };
    writeFileSync(join(out, "tsconfig.json"), JSON.stringify(config));

    execFileSync(join(root, "node_modules/.bin/tsc"), ["-p", out], { stdio: "pipe" });

    const declared = readFileSync(join(out, "types/packages/core/test/declared.fixture.d.ts"), "utf8");
    expect(declared.split("\n").filter((line) => line.startsWith("export declare"))).toMatchInlineSnapshot(`
      [
        "export declare const observed: import("@lamella/core").Layer<unknown, {}, {",
        "export declare const worker: import("@lamella/core").Lambda<import("aws-lambda/trigger/sqs").SQSEvent, import("aws-lambda/trigger/sqs").SQSBatchResponse>;",
        "export declare const api: import("@lamella/core").Lambda<import("@lamella/http").APIGatewayProxyEventV2, import("@lamella/http").APIGatewayProxyStructuredResultV2>;",
        "export declare const step: import("@lamella/core").Lambda<{",
        "export declare const all: import("@lamella/core").Lambda<import("@lamella/http").APIGatewayProxyEventV2 | import("aws-lambda/trigger/sqs").SQSEvent, import("@lamella/http").APIGatewayProxyStructuredResultV2 | import("aws-lambda/trigger/sqs").SQSBatchResponse>;",
        "export declare const queue: import("@lamella/core").BatchSource<import("@lamella/events/sqs").SqsKind<{",
      ]
    `);
  });
});
