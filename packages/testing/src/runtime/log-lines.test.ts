import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { LogLines } from "./log-lines.ts";

it("reads lines of any chunks, keeps an entry's own lines together, and finds what was or will be logged", async () => {
  const log = new LogLines();
  const stream = new PassThrough();
  log.read(stream);
  const later = log.find(/^th.rd/);

  stream.write("fir");
  stream.write("st\nsecond\rline\nthird\nno end");
  stream.end();

  expect(await later).toBe("third");
  expect(await log.find("no end")).toBe("no end");
  expect(log.lines).toEqual(["first", "second\nline", "third", "no end"]);
});
