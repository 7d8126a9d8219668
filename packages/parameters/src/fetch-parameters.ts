import { awsCall } from "@lamella/core/aws";
import { ParameterError } from "./errors/parameter-error.ts";
import { askExtension, mayAskExtension } from "./extension.ts";
import type { ParametersOptions } from "./parameters.ts";
import { TRY_MS } from "./try-ms.ts";

/** Fetches one parameter; `what` names it in errors. */
export type FetchByName = (name: string, what: string, isFresh: boolean) => Promise<string>;

/** What Parameter Store says of one. */
interface Found {
  readonly Name: string;
  readonly Value: string;
  /** The `:version` or `:label` that was asked for. */
  readonly Selector?: string | undefined;
  readonly ARN?: string | undefined;
}

/** How many one call may name. */
const MOST = 10;

/** Makes what fetches parameters by their names, those that are asked for at once in as few calls as there can be. */
export function fetcherByName({ region, provider }: Pick<ParametersOptions<string>, "region" | "provider">): FetchByName {
  const together = batched((names) => getParameters(names, region));
  const fetched = async (name: string, isFresh: boolean): Promise<unknown> => {
    if (typeof provider === "object") return provider.get(name, { forceFetch: true, decrypt: true });
    // It takes a version or label by itself, and no ARN.
    if (!name.includes(":") && mayAskExtension(provider, isFresh)) {
      const answer = await askExtension<{ readonly Parameter?: Partial<Found> }>("/systemsmanager/parameters/get", {
        name,
        withDecryption: "true",
      });
      if (typeof answer?.Parameter?.Value === "string") return answer.Parameter.Value;
    }
    return together(name);
  };
  return async (name, what, isFresh) => {
    const value = await fetched(name, isFresh);
    if (typeof value === "string") return value;
    const isMissing = value === undefined;
    throw new ParameterError({
      what,
      problem: isMissing
        ? `is not in ${region ?? process.env["AWS_REGION"]}, or has no such version`
        : "is no text, as the provider gives it",
      advice: isMissing ? "Check its name and the region." : "Leave transforming to the schema.",
    });
  };
}

/** Asks for all names of one moment together. */
function batched(load: (names: readonly string[]) => Promise<ReadonlyMap<string, string>>): (name: string) => Promise<string | undefined> {
  let names: Set<string> | undefined;
  let loading: Promise<ReadonlyMap<string, string>>;
  return async (name) => {
    if (names === undefined) {
      const asked = (names = new Set<string>());
      // After the microtasks in which the others ask.
      loading = new Promise<void>((resolve) => process.nextTick(resolve)).then(() => {
        names = undefined;
        return load([...asked]);
      });
    }
    names.add(name);
    return (await loading).get(name);
  };
}

async function getParameters(names: readonly string[], region: string | undefined): Promise<ReadonlyMap<string, string>> {
  const chunks = Array.from({ length: Math.ceil(names.length / MOST) }, (_, index) => names.slice(index * MOST, (index + 1) * MOST));
  const found = await Promise.all(
    chunks.map(async (chunk) => {
      const { Parameters: parameters = [] } = await awsCall<{ readonly Parameters?: readonly Found[] }>({
        service: "ssm",
        target: "AmazonSSM.GetParameters",
        jsonVersion: "1.1",
        region,
        timeoutMs: TRY_MS,
        input: { Names: chunk, WithDecryption: true },
      });
      return parameters;
    }),
  );
  // By whichever of them it was asked for.
  return new Map(
    found
      .flat()
      .flatMap(({ Name, ARN, Selector = "", Value }) => [[Name + Selector, Value] as const, [`${ARN}${Selector}`, Value] as const]),
  );
}
