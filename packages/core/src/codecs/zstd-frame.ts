const FRAME = 0xfd_2f_b5_28;
/** The first of sixteen magic numbers of frames that hold something else than content. */
const SKIPPABLE = 0x18_4d_2a_50;

/**
 * How many bytes the first frame has, more than there are when it is cut off; `undefined` when none begins here. Node.js
 * 22 gives what it could read of a frame that is cut off, without saying so.
 *
 * RFC 8878: "Zstandard Compression and the 'application/zstd' Media Type".
 */
export function zstdFrameBytes(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { byteLength } = view;
  if (byteLength < 4) return Infinity;
  const magic = view.getUint32(0, true);
  if ((magic & ~0xf) === SKIPPABLE) return byteLength < 8 ? Infinity : 8 + view.getUint32(4, true);
  if (magic !== FRAME) return undefined;
  if (byteLength < 5) return Infinity;
  const descriptor = view.getUint8(4);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  let at = 5 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes + contentSizeBytes;
  for (let isLast = false; !isLast; ) {
    if (at + 3 > byteLength) return Infinity;
    const header = view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
    isLast = (header & 1) === 1;
    const isOneByteRepeated = ((header >> 1) & 3) === 1;
    at += 3 + (isOneByteRepeated ? 1 : header >> 3);
  }
  const hasChecksum = (descriptor & 4) !== 0;
  return at + (hasChecksum ? 4 : 0);
}
