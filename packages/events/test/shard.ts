import { text, wrap } from "@lamella/core";
import { type KinesisOptions, type KinesisStreamEvent, kinesis } from "@lamella/events/kinesis";
import { type KinesisRecordInput, kinesisEvent, testing } from "@lamella/testing";

/** Sends records whose data is their name, lets those fail that say so, and tells what ran and what is reported. */
export async function run(records: readonly (string | readonly string[])[], options: KinesisOptions<string> = {}) {
  const ran: string[] = [];
  const handler = wrap(kinesis({ data: text(), ...options }), async ({ data }) => {
    ran.push(data);
    if (data.includes("bad")) throw new Error(data);
  });
  const sent = await testing(handler).send(named(records));
  const { error, outcomes } = sent;
  const reported = error === undefined ? sent.reply.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) : undefined;
  return { ran, reported, error, fates: outcomes.map(({ fate }) => fate) };
}

/** Records named by their key and number, `a1`; a list is an aggregate. The sequence number is the place, from 1. */
export function named(records: readonly (string | readonly string[])[]): KinesisStreamEvent {
  const input = (name: string) => ({ data: name, partitionKey: name.slice(0, 1) });
  return kinesisEvent(
    records.map((record, index): KinesisRecordInput => {
      const sequenceNumber = String(index + 1);
      return typeof record === "string" ? { ...input(record), sequenceNumber } : { aggregate: record.map(input), sequenceNumber };
    }),
  );
}
