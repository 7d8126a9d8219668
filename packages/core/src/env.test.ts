import { inspect } from "node:util";
import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { EnvError, env, hasCode, type Schema } from "./index.ts";

const Config = z.object({
  TABLE: z.string().min(1),
  STAGE: z.enum(["dev", "prod"]),
  LIMIT: z.coerce.number().int().default(10),
  DEBUG: z.stringbool().optional(),
});
const SECRET = "hunter2-secret";

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

function schemaOf(validate: Schema<unknown>["~standard"]["validate"]): Schema<unknown> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

describe("env", () => {
  it("gives what the schema makes of the variables, and no others", () => {
    const config = env(Config, { TABLE: "orders", STAGE: "dev", DEBUG: "true", AWS_SECRET_ACCESS_KEY: SECRET });

    expect(config).toEqual({ TABLE: "orders", STAGE: "dev", LIMIT: 10, DEBUG: true });
  });

  it("reads the process's variables by default", () => {
    vi.stubEnv("TABLE", "from the process");

    expect(env(z.object({ TABLE: z.string() }))).toEqual({ TABLE: "from the process" });
    expect(env(z.looseObject({}))).not.toBe(process.env);
  });

  it("names all problems in one error, and prints no value", () => {
    const error = thrownBy(() => env(Config, { STAGE: SECRET, LIMIT: SECRET }));

    expect(error).toBeInstanceOf(EnvError);
    expect(hasCode(error, "LAMELLA_ENV")).toBe(true);
    expect((error as Error).message).toBe(
      "The environment variables do not fit: TABLE is missing, STAGE is not as declared, LIMIT is not as declared. " +
        "Set them in the function's configuration, or change the schema.",
    );
    expect((error as EnvError).issues).toHaveLength(3);
  });

  it.for<{ library: string; schema: Schema<unknown> }>([
    { library: "Zod", schema: z.object({ KEY: z.string().refine((key) => key === "", { error: ({ input }) => `not ${String(input)}` }) }) },
    { library: "Valibot", schema: v.object({ KEY: v.picklist(["a", "b"]) }) },
    { library: "ArkType", schema: type({ KEY: "'a' | 'b'" }) },
  ])("prints no value where $library quotes it", ({ schema }) => {
    const error = thrownBy(() => env(schema, { KEY: SECRET })) as EnvError;

    // Or else this test could not fail.
    expect(inspect(error.issues)).toContain(SECRET);
    expect(inspect(error)).not.toContain(SECRET);
    expect(JSON.stringify(error)).not.toContain(SECRET);
    expect(error.message).toContain("KEY is not as declared");
  });

  it("names the variable alone where what is wrong lies within its value", () => {
    const Flags = z.object({
      FLAGS: z
        .string()
        .transform((text) => JSON.parse(text))
        .pipe(z.record(z.string(), z.boolean())),
    });

    const error = thrownBy(() => env(Flags, { FLAGS: `{"${SECRET}": 1}` })) as EnvError;

    expect(error.message).toContain("do not fit: FLAGS is not as declared.");
  });

  it("says so where variables do not fit together", () => {
    const Either = z.object({ A: z.string().optional(), B: z.string().optional() }).refine(({ A, B }) => A ?? B);

    expect(() => env(Either, {})).toThrow("do not fit: all of them together.");
  });

  it.for<{ what: string; schema: Schema<unknown> }>([
    { what: "refuses", schema: z.object({ A: z.string().refine(async () => false) }) },
    { what: "fails", schema: schemaOf(() => Promise.reject(new Error("late"))) },
    { what: "accepts", schema: v.objectAsync({ A: v.string() }) },
  ])("refuses an asynchronous schema that $what, with no unhandled rejection", async ({ schema }) => {
    const unhandled = vi.fn();
    process.on("unhandledRejection", unhandled);

    expect(() => env(schema, { A: "a" })).toThrow(/^env\(schema\) must be a synchronous schema/);

    await new Promise((resolve) => setImmediate(resolve));
    process.off("unhandledRejection", unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it("says of a schema that throws that it threw", () => {
    const Throws = schemaOf(() => {
      throw new Error("bug");
    });

    expect(() => env(Throws, { A: "a" })).toThrow("The schema of the environment threw");
  });

  it("refuses what is no schema", () => {
    expect(() => env({ TABLE: "string" } as never)).toThrow("env(schema) must be a Standard Schema");
  });
});
