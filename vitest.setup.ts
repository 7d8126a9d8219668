import { beforeEach, vi } from "vitest";

// Failures that nobody reports go to the console; a test that is about them looks at the calls.
beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});
