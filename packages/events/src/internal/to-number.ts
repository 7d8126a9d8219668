import type { Numbers } from "../dynamodb/attributes.ts";

const DIGIT_0 = 0x30;
const MINUS = 0x2d;
/** Any whole number of so many digits is exact as a number. */
const EXACT_DIGITS = 15;

const NUMBER = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const WHOLE = /^-?\d+$/;

/**
 * The value of DynamoDB's text of a number; `undefined` for what is none.
 */
export function toNumber(text: string, numbers: Numbers): number | bigint | string | undefined {
  const small = smallWhole(text);
  if (small !== undefined) return small;
  if (!NUMBER.test(text)) return undefined;
  const value = Number(text);
  if (numbers === "number" || isExact(text, value)) return value;
  return numbers === "bigint" && WHOLE.test(text) ? BigInt(text) : text;
}

/** Most numbers are whole and short, and are read without a look at anything else. */
function smallWhole(text: string): number | undefined {
  const { length } = text;
  const isNegative = text.charCodeAt(0) === MINUS;
  const start = isNegative ? 1 : 0;
  if (length === start || length - start > EXACT_DIGITS) return undefined;
  let value = 0;
  for (let index = start; index < length; index++) {
    const digit = text.charCodeAt(index) - DIGIT_0;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return isNegative ? 0 - value : value;
}

function isExact(text: string, value: number): boolean {
  // Whole numbers change their type at 2^53 and nowhere else, although some beyond it are exact.
  if (WHOLE.test(text)) return Number.isSafeInteger(value);
  // A double that holds all digits shows them again.
  return text.length <= EXACT_DIGITS ? Number.isFinite(value) : digitsOf(String(value)) === digitsOf(text);
}

/** The digits that count, without sign, point, exponent and the zeros around them. */
function digitsOf(text: string): string {
  return text
    .replace(/e.*$/i, "")
    .replace(/[-.]/g, "")
    .replace(/^0+|0+$/g, "");
}
