const BYTE_ORDER_MARK = 0xfeff;

/**
 * The text of a Buffer's UTF-8, and the bytes as they are where that is not certain, for a codec to judge. Nothing is
 * faster, and most data is text.
 */
export function toText(bytes: Uint8Array): string | Uint8Array {
  if (!Buffer.isBuffer(bytes)) return bytes;
  const text = bytes.toString();
  // A decoder drops the mark, and the sign is what becomes of bytes that are no UTF-8.
  return text.includes("\uFFFD") || text.charCodeAt(0) === BYTE_ORDER_MARK ? bytes : text;
}
