import { answer, layer, lifecycle, wrap } from "@lamella/core";
import { lambdaContext, testing } from "@lamella/testing";
import { customResourceCreateFixture, customResourceUpdateFixture } from "@lamella/testing/fixtures";
import * as fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { eventOf, fails, noZone, restart, run, Site, server, site, told, useServer } from "../test/custom-resource-run.ts";
import { type CustomResourceOptions, customResource, handlers } from "./custom-resource.ts";

useServer();

describe("customResource", () => {
  it("gives the handler a request with properties by schema, without CloudFormation's own among them", async () => {
    const seen: unknown[] = [];
    await run({ requestType: "Update", properties: { ...site, isPublic: true }, oldProperties: site, stackName: "web" }, (request) => {
      seen.push(request.properties, request.oldProperties);
      expect(request).toMatchObject({ requestType: "Update", physicalId: "physical-id", logicalId: "Resource", stackName: "web" });
    });

    expect(seen).toEqual([
      { domain: "example.com", ttl: 300, isPublic: true },
      { domain: "example.com", ttl: 300, isPublic: false },
    ]);
  });

  it("answers with what the handler returned, echoes the request, and sends no content type", async () => {
    const body = await run({ properties: site }, () => ({ physicalId: "site-7", data: { url: "https://example.com" }, noEcho: true }));

    expect(body).toEqual({
      Status: "SUCCESS",
      PhysicalResourceId: "site-7",
      StackId: expect.stringContaining(":stack/stack/"),
      RequestId: "5478764a-0000-4000-8000-000000000001",
      LogicalResourceId: "Resource",
      Data: { url: "https://example.com" },
      NoEcho: true,
    });
    expect(server.answers[0]?.headers).toMatchObject({ "content-type": "", "content-length": expect.stringMatching(/^\d+$/) });
    expect(server.answers[0]?.headers["transfer-encoding"]).toBeUndefined();
  });

  it("makes up an id that is the same at every try of a Create, and another one for each resource and stack", async () => {
    const ids: string[] = [];
    for (const input of [{}, { requestId: "again" }, { logicalId: "Other" }, { stackName: "other" }]) {
      await run({ properties: site, ...input }, ({ physicalId }) => void ids.push(physicalId)).catch(() => {});
      await restart();
    }

    expect(ids[0]).toMatch(/^stack-Resource-[0-9a-f]{12}$/);
    expect(ids[1]).toBe(ids[0]);
    expect(new Set(ids).size).toBe(3);
  });

  it.for([
    { when: "an Update gives none", requestType: "Update", returns: undefined, id: "physical-id" },
    { when: "an Update gives another", requestType: "Update", returns: { physicalId: "new" }, id: "new" },
    { when: "a Delete gives none", requestType: "Delete", returns: undefined, id: "physical-id" },
    { when: "a Delete gives another", requestType: "Delete", returns: { physicalId: "new" }, id: "physical-id" },
  ] as const)("answers with the id $id when $when", async ({ requestType, returns, id }) => {
    expect(await run({ requestType, properties: site, oldProperties: site }, () => returns)).toMatchObject({
      Status: "SUCCESS",
      PhysicalResourceId: id,
    });
  });

  it("does not mutate the event, and gives it as raw", async () => {
    const event = { ...customResourceUpdateFixture, ResponseURL: server.url };
    await wrap(customResource({ properties: Site }), async ({ raw }) => {
      expect(raw).toBe(event);
    })(event, lambdaContext());

    expect(told()).toMatchObject({ Status: "SUCCESS", PhysicalResourceId: "site-1" });
  });

  it("names the item by the request", async () => {
    const seen: unknown[] = [];
    await wrap(customResource(), async (_request, { delivery }) => void seen.push(delivery))(eventOf({ requestId: "r1" }), lambdaContext());

    expect(seen).toEqual([{ id: "r1", index: 0, source: "customResource", attempt: undefined }]);
  });

  it("gives two overlapping requests their own answers", async () => {
    const handler = wrap(customResource(), async ({ logicalId }) => ({ physicalId: `id-of-${logicalId}` }));
    await Promise.all(["A", "B"].map((logicalId) => handler(eventOf({ logicalId }), lambdaContext())));

    expect(new Set(server.answers.map(({ body }) => [body["LogicalResourceId"], body["PhysicalResourceId"]].join(" ")))).toEqual(
      new Set(["A id-of-A", "B id-of-B"]),
    );
  });

  it.for([
    { what: "nothing", event: undefined },
    { what: "null", event: null },
    { what: "an object of one's own", event: {} },
    { what: "a request without a response URL", event: { ...customResourceCreateFixture, ResponseURL: undefined } },
    { what: "a request with a response URL that is none", event: { ...customResourceCreateFixture, ResponseURL: "http://" } },
    { what: "SQS records", event: { Records: [{ eventSource: "aws:sqs" }] } },
  ])("refuses $what as another service's event", async ({ event }) => {
    await expect(wrap(customResource(), async () => {})(event as never, lambdaContext())).rejects.toMatchObject({
      code: "LAMELLA_WRONG_EVENT",
    });
  });

  it.for([
    { options: { properties: "Site" }, says: "customResource({ properties }) must be a Standard Schema" },
    { options: { afterFailedCreate: "delete" }, says: `customResource({ afterFailedCreate }) must be "skip" or "run"` },
    { options: { reason: "no" }, says: "customResource({ reason }) must be a function" },
    { options: { hardMs: -1 }, says: "customResource({ hardMs }) must be 0 or more" },
  ])("throws at load when $says", ({ options, says }) => {
    expect(() => customResource(options as never)).toThrow(says);
  });
});

describe("a custom resource that fails", () => {
  it.for([
    { what: "an error", thrown: new Error("no such zone"), reason: "Error: no such zone" },
    { what: "an error of one's own", thrown: Object.assign(new Error("taken"), { name: "DomainTaken" }), reason: "DomainTaken: taken" },
    { what: "text", thrown: "no zone", reason: "thrown string: no zone" },
    { what: "nothing", thrown: undefined, reason: "thrown undefined" },
    {
      what: "what throws when it is looked at",
      thrown: Object.defineProperty({}, "message", {
        get() {
          throw new Error("no");
        },
      }),
      reason: "Error",
    },
  ])("is answered with FAILED, the reason, and where the logs are, when the handler throws $what", async ({ thrown, reason }) => {
    const body = await run({ requestType: "Update", properties: site, oldProperties: site }, fails(thrown));

    expect(body).toMatchObject({ Status: "FAILED", PhysicalResourceId: "physical-id", RequestId: "5478764a-0000-4000-8000-000000000001" });
    expect(body["Reason"]).toBe(`${reason} (logs: /aws/lambda/function 2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef)`);
  });

  it("resolves once it is answered, so that Lambda does not run it again, and tells the failure", async () => {
    const handler = wrap(customResource(), fails(noZone));
    const { reply, outcomes } = await testing(handler).send(eventOf({}));

    expect(reply).toBeUndefined();
    expect(outcomes).toMatchObject([{ fate: "answered", error: new Error("no such zone") }]);
  });

  it.for([
    { what: "properties that do not fit", properties: { domain: "example.com", ttl: -5 }, says: "fit its schema at /ttl" },
    { what: "no properties", properties: {}, says: "fit its schema at /domain, /ttl" },
  ])("is answered with FAILED and the places for $what, without running the handler", async ({ properties, says }) => {
    const handle = vi.fn();
    const body = await run({ properties }, handle);

    expect(body).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining(says) });
    expect(handle).not.toHaveBeenCalled();
  });

  it.for([
    { what: "an asynchronous schema", schema: z.object({ ttl: z.coerce.number().refine(async (ttl) => ttl > 0) }) },
    {
      what: "a schema that throws",
      schema: z.object({}).transform(() => {
        throw new Error("bug");
      }),
    },
  ])("is answered with FAILED when $what refuses", async ({ schema }) => {
    await wrap(customResource({ properties: schema }), async () => {})(eventOf({ properties: { ttl: -1 } }), lambdaContext());

    expect(told()).toMatchObject({ Status: "FAILED" });
  });

  it("is answered with FAILED for a request type that CloudFormation may add one day", async () => {
    await wrap(customResource(), async () => {})({ ...eventOf({}), RequestType: "Import" } as never, lambdaContext());

    expect(told()).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("none of Create, Update and Delete") });
  });

  it("is answered with FAILED for properties that could change every object", async () => {
    const event = eventOf({});
    const ResourceProperties = JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}') as never;
    await wrap(customResource(), async () => {})({ ...event, ResourceProperties }, lambdaContext());

    expect(told()).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("__proto__") });
  });

  it.for([
    { where: "around the item", broken: layer("broken", fails(new Error("no connection"))) },
    { where: "around the invocation", broken: { name: "broken", hooks: { invocation: fails(new Error("no connection")) } } },
    {
      where: "in its init",
      broken: {
        name: "broken",
        hooks: { lifecycle: lifecycle("broken", { init: () => Promise.reject(new TypeError("Error: no connection")) }) },
      },
    },
  ])("is answered with FAILED when a layer throws $where before the handler", async ({ broken }) => {
    const handle = vi.fn(async () => {});
    await wrap(customResource(), broken, handle)(eventOf({}), lambdaContext());

    expect(told()).toMatchObject({ Status: "FAILED", Reason: expect.stringContaining("Error: no connection") });
    expect(handle).not.toHaveBeenCalled();
  });

  it("is answered once when a layer throws around the invocation after the handler", async () => {
    const broken = {
      name: "broken",
      hooks: {
        invocation: async (_lambda: unknown, next: () => Promise<void>) => {
          await next();
          throw new Error("flush failed");
        },
      },
    };
    await wrap(customResource(), broken, async () => {})(eventOf({}), lambdaContext());

    expect(told()).toMatchObject({ Status: "SUCCESS" });
  });

  it("is answered by a layer that answers in the handler's place", async () => {
    await wrap(
      customResource(),
      layer("cache", async () => answer({ physicalId: "cached" })),
      async () => {},
    )(eventOf({}), lambdaContext());

    expect(told()).toMatchObject({ Status: "SUCCESS", PhysicalResourceId: "cached" });
  });

  it("does not tell what pre-signed URLs are signed with", async () => {
    const body = await run({ properties: site }, fails(new Error(`fetch of ${server.url}&X-Amz-Security-Token=token failed`)));

    expect(body["Reason"]).toContain("X-Amz-Signature=…&X-Amz-Security-Token=… failed");
    expect(JSON.stringify(body)).not.toMatch(/secret|=token/);
  });

  it.for([
    { what: "a reason of one's own", reason: () => "Ask the platform team.", says: /^Ask the platform team\. \(logs/ },
    {
      what: "the error itself where the reason throws",
      reason: () => {
        throw new Error("bug");
      },
      says: /^Error: no such zone/,
    },
    { what: "the error itself where the reason is none", reason: () => undefined as never, says: /^Error: no such zone/ },
  ])("tells $what", async ({ reason, says }) => {
    expect((await run({ properties: site }, fails(noZone), { reason }))["Reason"]).toMatch(says);
  });

  it.for([
    { what: "of Latin letters", letter: "x" },
    { what: "of emoji", letter: "😀" },
    { what: "of control characters", letter: "\u0000" },
  ])("cuts a long reason $what to what CloudFormation takes", async ({ letter }) => {
    const body = await run({ properties: site, logicalId: "L".repeat(255) }, fails(new Error(letter.repeat(9_000))));

    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThanOrEqual(4_096);
    expect(body["Reason"]).toMatch(/….* \(logs/);
    expect((body["Reason"] as string).isWellFormed()).toBe(true);
  });
});

describe("a Delete", () => {
  /** The id that a failed Create answers. */
  async function failedId(options: CustomResourceOptions<Site>, properties: object = site): Promise<string> {
    const body = await run({ properties }, fails(noZone), options);
    expect(body).toMatchObject({ Status: "FAILED" });
    await restart();
    return body["PhysicalResourceId"] as string;
  }

  it.for([
    { when: "the handler of the Create threw", options: {}, properties: site, runs: 0 },
    { when: "the properties did not fit", options: {}, properties: {}, runs: 0 },
    { when: "the handler of the Create threw, and is to clean up", options: { afterFailedCreate: "run" }, properties: site, runs: 1 },
    { when: "the properties did not fit, and it is to clean up", options: { afterFailedCreate: "run" }, properties: {}, runs: 0 },
  ] as const)("succeeds and runs the handler $runs times when $when", async ({ options, properties, runs }) => {
    const physicalId = await failedId(options, properties);
    const seen: string[] = [];
    const body = await run({ requestType: "Delete", physicalId, properties }, (request) => void seen.push(request.physicalId), options);

    expect(body).toMatchObject({ Status: "SUCCESS", PhysicalResourceId: physicalId });
    expect(seen).toEqual(runs === 0 ? [] : [physicalId]);
  });

  it("of what never came to be succeeds also when layers fail, as they failed its Create", async () => {
    const physicalId = await failedId({});
    const broken = { name: "broken", hooks: { item: fails(noZone), invocation: fails(new Error("no connection")) } };
    await wrap(customResource(), broken, async () => {})(eventOf({ requestType: "Delete", physicalId }), lambdaContext());

    expect(told()).toMatchObject({ Status: "SUCCESS", PhysicalResourceId: physicalId });
  });

  it("with the mark of another resource runs the handler", async () => {
    const physicalId = await failedId({});
    const handle = vi.fn();
    await run({ requestType: "Delete", physicalId, logicalId: "Other", properties: site }, handle);

    expect(handle).toHaveBeenCalledOnce();
  });

  it.for([
    { what: "do not fit", properties: { ttl: "x" } },
    { what: "are missing", properties: undefined },
  ])("runs with undefined for properties that $what, so that the stack can go", async ({ properties }) => {
    const seen: unknown[] = [];
    const body = await run({ requestType: "Delete", properties }, (request) => void seen.push(request.properties, request.physicalId));

    expect(body).toMatchObject({ Status: "SUCCESS" });
    expect(seen).toEqual([undefined, "physical-id"]);
  });

  it("without a physical id runs with the one that would have been made up", async () => {
    const seen: string[] = [];
    const { PhysicalResourceId: _id, ...event } = eventOf({ requestType: "Delete" }) as { PhysicalResourceId: string };
    await wrap(customResource(), async ({ physicalId }) => void seen.push(physicalId))(event as never, lambdaContext());

    expect(seen).toEqual([expect.stringMatching(/^stack-Resource-/)]);
  });
});

describe("an Update", () => {
  it("runs with undefined for old properties that do not fit, so that a stack can be repaired", async () => {
    const seen: unknown[] = [];
    await run({ requestType: "Update", properties: site, oldProperties: { ttl: "x" } }, (request) => void seen.push(request.oldProperties));

    expect(seen).toEqual([undefined]);
  });

  it("with asynchronous schemas waits for both", async () => {
    const schema = z.object({ ttl: z.coerce.number().refine(async (ttl) => ttl > 0) });
    const seen: unknown[] = [];
    await wrap(customResource({ properties: schema }), async (request) => void seen.push(request.properties, request.oldProperties))(
      eventOf({ requestType: "Update", properties: { ttl: 5 }, oldProperties: { ttl: -5 } }),
      lambdaContext(),
    );

    expect(seen).toEqual([{ ttl: 5 }, undefined]);
  });
});

describe("handlers", () => {
  const handler = wrap(
    customResource({ properties: Site }),
    handlers({
      create: async ({ properties }) => ({ physicalId: `made-${properties.domain}` }),
      update: async ({ oldProperties }) => ({ data: { before: oldProperties?.ttl } }),
      delete: async ({ physicalId }) => {
        if (physicalId === "kept") throw new Error("not mine");
      },
    }),
  );

  it.for([
    { requestType: "Create", physicalId: undefined, gives: { Status: "SUCCESS", PhysicalResourceId: "made-example.com" } },
    { requestType: "Update", physicalId: "x", gives: { Status: "SUCCESS", PhysicalResourceId: "x", Data: { before: 300 } } },
    { requestType: "Delete", physicalId: "x", gives: { Status: "SUCCESS", PhysicalResourceId: "x" } },
    { requestType: "Delete", physicalId: "kept", gives: { Status: "FAILED", PhysicalResourceId: "kept" } },
  ] as const)("runs the one for a $requestType of $physicalId", async ({ requestType, physicalId, gives }) => {
    await handler(eventOf({ requestType, physicalId, properties: site, oldProperties: site }), lambdaContext());

    expect(told()).toMatchObject(gives);
  });

  it.for(["create", "update", "delete"])("throws at load when %s is missing", (name) => {
    const all = { create: async () => {}, update: async () => {}, delete: async () => {} };
    expect(() => handlers({ ...all, [name]: undefined })).toThrow(`handlers({ ${name} }) must be a function`);
  });
});

describe("any request, however mangled,", () => {
  it("is answered once, or refused as another's", async () => {
    const handler = wrap(customResource({ properties: Site }), async ({ requestType }) => ({ data: { requestType } }));
    const members = Object.keys(customResourceUpdateFixture).filter((name) => name !== "ResponseURL");
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...members), fc.jsonValue(), async (name, value) => {
        const before = server.answers.length;
        const event = { ...customResourceUpdateFixture, ResponseURL: server.url, [name]: value };
        const settled = await handler(event as never, lambdaContext()).catch((error: unknown) => error);

        if (settled === undefined) expect(server.answers).toHaveLength(before + 1);
        else expect(settled).toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
      }),
      { numRuns: 300 },
    );
  });
});
