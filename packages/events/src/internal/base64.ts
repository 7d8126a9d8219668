const PAD = 0x3d;

/** The bytes of base64 text; `undefined` for what is none, where `Buffer` would leave out what it cannot read. */
export function fromBase64(text: string): Uint8Array | undefined {
  let digits = text.length;
  // At most two, as padding has them.
  if (text.charCodeAt(digits - 1) === PAD) digits--;
  if (text.charCodeAt(digits - 1) === PAD) digits--;
  const bytes = Buffer.from(text, "base64");
  return bytes.length === (digits * 3) >>> 2 && digits % 4 !== 1 ? bytes : undefined;
}
