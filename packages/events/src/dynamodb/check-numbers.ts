import { mustBe } from "@lamella/core/extend";
import type { Numbers } from "./attributes.ts";

/**
 * @throws {TypeError} When it is none of the words.
 */
export function checkNumbers(numbers: Numbers, option: string): void {
  mustBe(["bigint", "string", "number"].includes(numbers), option, '"bigint", "string" or "number"', numbers);
}
