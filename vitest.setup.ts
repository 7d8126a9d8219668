import { beforeEach, vi } from "vitest";

// Failures that nobody reports go to the console; a test that is about them looks at the calls.
beforeEach(() => {
  // The developer's own account is none of the tests' business.
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"])
    vi.stubEnv(name, undefined);
  vi.spyOn(console, "error").mockImplementation(() => {});
});
