/** What a test says of a message; the rest is made up, and the same in every run. */
export interface IotEventInput {
  /** What `topic() AS topic` selects. @default "sensors/kitchen" */
  readonly topic?: string | undefined;
  /** What `clientid() AS clientId` selects. @default "kitchen" */
  readonly clientId?: string | undefined;
  /** What `timestamp() AS timestamp` selects. */
  readonly at?: Date | undefined;
  /** The bytes that `encode(*, 'base64') AS data` encodes. */
  readonly data?: Uint8Array | undefined;
}

/**
 * The event of a rule that selects the message's members, and topic, client and time beside them: what `iot()` opens.
 *
 * AWS: "AWS IoT SQL reference".
 *
 * @example
 * iotEvent({ temperature: 21.5 }, { topic: "sensors/kitchen" });
 */
export function iotEvent<Members extends object>(
  message: Members,
  input: IotEventInput = {},
): Members & { readonly topic: string; readonly clientId: string; readonly timestamp: number } {
  const { topic = "sensors/kitchen", clientId = "kitchen", at = new Date("2026-01-31T12:00:00.000Z"), data } = input;
  return {
    ...message,
    topic,
    clientId,
    timestamp: at.getTime(),
    ...(data !== undefined && { data: Buffer.from(data).toString("base64") }),
  };
}
