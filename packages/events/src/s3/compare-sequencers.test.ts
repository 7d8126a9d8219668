import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareSequencers } from "./compare-sequencers.ts";

describe("compareSequencers", () => {
  it.for([
    { a: "0055AED6DCD90281E5", b: "0055AED6DCD90281E5", gives: 0 },
    { a: "0055AED6DCD90281E5", b: "0055AED6DCD90281E6", gives: -1 },
    { a: "0055AED6DCD90281F0", b: "0055AED6DCD90281EF", gives: 1 },
    // Padded on the left: the longer one is the larger number.
    { a: "F", b: "10", gives: -1 },
    { a: "0F", b: "F", gives: 0 },
    // S3's capitals, EventBridge's small letters.
    { a: "00697DEE80281E5D0C", b: "697dee80281e5d0c", gives: 0 },
    { a: "00697DEE80281E5D0C", b: "697dee80281e5d0d", gives: -1 },
    { a: "", b: "1", gives: -1 },
  ])("gives $gives for $a and $b, and the opposite the other way round", ({ a, b, gives }) => {
    expect(compareSequencers(a, b)).toBe(gives);
    expect(compareSequencers(b, a)).toBe(0 - gives);
  });

  it("orders as the numbers are", () => {
    const sequencer = fc.stringMatching(/^[0-9A-Fa-f]{1,18}$/);
    fc.assert(
      fc.property(sequencer, sequencer, (a, b) => {
        const [x, y] = [BigInt(`0x${a}`), BigInt(`0x${b}`)];

        expect(compareSequencers(a, b)).toBe(x < y ? -1 : Number(x > y));
      }),
    );
  });
});
