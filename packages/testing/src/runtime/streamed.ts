/** What a streaming handler sent. */
export interface Streamed {
  /** What `awslambda.HttpResponseStream.from` put in front: status, headers and cookies. */
  readonly prelude: unknown;
  readonly contentType: string | undefined;
  /** All bytes after the prelude. */
  readonly body: Uint8Array;
  /** How many pieces it came in, the prelude's included. */
  readonly chunks: number;
}

const INTEGRATION = "application/vnd.awslambda.http-integration-response";
/** Stands between the prelude and the body. */
const DELIMITER = Buffer.alloc(8);

/** Takes the prelude off a streamed response, where there is one. */
export function toStreamed(chunks: readonly Uint8Array[], contentType: string | undefined): Streamed {
  const all = Buffer.concat(chunks);
  const end = contentType === INTEGRATION ? all.indexOf(DELIMITER) : -1;
  const prelude = end === -1 ? undefined : (JSON.parse(all.subarray(0, end).toString()) as unknown);
  return { prelude, contentType, body: end === -1 ? all : all.subarray(end + DELIMITER.length), chunks: chunks.length };
}
