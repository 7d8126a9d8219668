import { answer, layer, wrap } from "@lamella/core";
import { lambdaContext, sesEvent } from "@lamella/testing";
import { sesFixture } from "@lamella/testing/fixtures";
import { describe, expect, it } from "vitest";
import { type ReceivedMail, ses } from "./ses.ts";

async function open(event: unknown): Promise<ReceivedMail> {
  const items: ReceivedMail[] = [];
  await wrap(ses(), async (mail) => void items.push(mail))(event as never, lambdaContext());
  return items[0] as ReceivedMail;
}

describe("ses", () => {
  it("opens a message", async () => {
    expect(await open(sesFixture)).toMatchObject({
      messageId: "o3vrnil0e2ic28trm7dfhrc2v0clambda4nbp0g1",
      receivedAt: new Date("2026-01-31T12:00:00.123Z"),
      source: "bounces+42@example.com",
      destination: ["orders@example.org", "archive@example.org"],
      recipients: ["orders@example.org"],
      subject: "Order 42",
      areHeadersTruncated: false,
      spam: "PASS",
      virus: "PASS",
      spf: "GRAY",
      dkim: "PROCESSING_FAILED",
      dmarc: "FAIL",
      dmarcPolicy: "reject",
      isAwaited: true,
      raw: sesFixture,
    });
  });

  it("finds headers in any case, also when taken out of the item", async () => {
    const { header } = await open(sesFixture);

    expect([header("list-unsubscribe"), header("RECEIVED"), header("X-None")]).toEqual([
      "<https://example.com/u/42>",
      "from mail.example.com by inbound-smtp.us-west-2.amazonaws.com",
      undefined,
    ]);
  });

  it("survives a record of which only the source is there", async () => {
    const mail = await open({ Records: [{ eventSource: "aws:ses" }] });

    expect(mail).toMatchObject({
      messageId: "",
      source: "",
      destination: [],
      recipients: [],
      subject: undefined,
      headers: [],
      spam: "PROCESSING_FAILED",
      dmarcPolicy: undefined,
      isAwaited: false,
    });
    expect(mail.receivedAt.getTime()).toBeNaN();
  });

  it.for([
    { what: "no records", event: { Records: [] } },
    { what: "two messages, of which one would be lost", event: { Records: [...sesFixture.Records, ...sesFixture.Records] } },
    { what: "a message of a queue", event: { Records: [{ eventSource: "aws:sqs" }] } },
    { what: "a record that is null", event: { Records: [null] } },
  ])("refuses $what", async ({ event }) => {
    await expect(open(event)).rejects.toMatchObject({ code: "LAMELLA_WRONG_EVENT" });
  });

  it.for([
    { returned: { disposition: "STOP_RULE" } as const },
    { returned: { disposition: "STOP_RULE_SET" } as const },
    { returned: { disposition: "CONTINUE" } as const },
    { returned: undefined },
  ])("replies $returned", async ({ returned }) => {
    expect(await wrap(ses(), async () => returned)(sesFixture, lambdaContext())).toEqual(returned);
  });

  it("takes a layer's answer", async () => {
    const spam = layer("spam", async () => answer({ disposition: "STOP_RULE_SET" }));

    expect(await wrap(ses(), spam, async () => {})(sesFixture, lambdaContext())).toEqual({ disposition: "STOP_RULE_SET" });
  });

  it.for([{ returned: { disposition: "STOP" } }, { returned: "STOP_RULE" }, { returned: {} }])(
    "rejects $returned, which SES would not understand",
    async ({ returned }) => {
      await expect(wrap(ses(), async () => returned as never)(sesFixture, lambdaContext())).rejects.toMatchObject({
        code: "LAMELLA_OUTPUT",
      });
    },
  );

  it("opens what sesEvent makes", async () => {
    const input = {
      messageId: "m",
      from: "a@b.c",
      to: ["d@e.f", "g@h.i"],
      subject: "s",
      spam: "FAIL",
      dmarc: "GRAY",
      isAwaited: false,
    } as const;
    const { from, to, ...same } = input;

    expect(await open(sesEvent({ ...input, headers: { "X-Own": "1" } }))).toMatchObject({
      ...same,
      source: from,
      destination: to,
      recipients: to,
    });
    expect((await open(sesEvent({ headers: { "X-Own": "1" } }))).header("x-own")).toBe("1");
  });
});
