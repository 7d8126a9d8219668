import { awsCall } from "@lamella/core/aws";
import { ParameterError } from "./errors/parameter-error.ts";
import type { ParametersProvider } from "./parameters.ts";
import { TRY_MS } from "./try-ms.ts";

interface Page {
  readonly Parameters?: readonly { readonly Name: string; readonly Value: string }[] | undefined;
  readonly NextToken?: string | undefined;
}

interface PathRequest {
  readonly path: string;
  readonly recursive: boolean;
  readonly what: string;
  readonly region: string | undefined;
  readonly provider: ParametersProvider | undefined;
}

/** Fetches all parameters below a path, page by page, in the order of their names. */
export async function fetchPath(request: PathRequest): Promise<Readonly<Record<string, string>>> {
  const entries = request.provider === undefined ? await pagesOf(request) : await entriesBy(request.provider, request);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

async function pagesOf({ path, recursive, region }: PathRequest): Promise<[string, string][]> {
  const prefix = path.endsWith("/") ? path : `${path}/`;
  const entries: [string, string][] = [];
  let token: string | undefined;
  do {
    const page: Page = await awsCall<Page>({
      service: "ssm",
      target: "AmazonSSM.GetParametersByPath",
      jsonVersion: "1.1",
      region,
      timeoutMs: TRY_MS,
      input: { Path: path, Recursive: recursive, WithDecryption: true, ...(token !== undefined && { NextToken: token }) },
    });
    for (const { Name, Value } of page.Parameters ?? []) entries.push([Name.slice(prefix.length), Value]);
    token = page.NextToken || undefined;
  } while (token !== undefined);
  return entries;
}

async function entriesBy(provider: ParametersProvider, { path, recursive, what }: PathRequest): Promise<[string, string][]> {
  const found = (await provider.getMultiple(path, { forceFetch: true, decrypt: true, recursive })) ?? {};
  const entries = typeof found === "object" ? Object.entries(found) : [];
  if (typeof found !== "object" || !entries.every((entry): entry is [string, string] => typeof entry[1] === "string"))
    throw new ParameterError({ what, problem: "are no text, as the provider gives them", advice: "Leave transforming to the schema." });
  return entries;
}
