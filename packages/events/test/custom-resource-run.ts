import { wrap } from "@lamella/core";
import { customResourceEvent, lambdaContext, type ResponseServer, type ResponseServerOptions, responseServer } from "@lamella/testing";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { afterEach, beforeEach, expect } from "vitest";
import { z } from "zod";
import { type CustomResourceOptions, customResource, type ResourceAnswer, type ResourceRequest } from "../src/custom-resource.ts";

export const Site = z.object({ domain: z.string(), ttl: z.coerce.number().positive(), isPublic: z.stringbool().default(false) });
export type Site = z.output<typeof Site>;
export const site = { domain: "example.com", ttl: 300 };

export const noZone = new Error("no such zone");
export const fails = (error: unknown) => async () => {
  throw error;
};

export let server: ResponseServer;

/** Gives each test of a file a server of its own that takes answers. */
export function useServer(): void {
  beforeEach(async () => {
    server = await responseServer();
  });
  afterEach(() => server.close());
}

export async function restart(options?: ResponseServerOptions): Promise<void> {
  await server.close();
  server = await responseServer(options);
}

/** What CloudFormation is told, where it is told once. */
export function told(): Readonly<Record<string, unknown>> {
  expect(server.answers).toHaveLength(1);
  return server.answers[0]?.body ?? {};
}

export const eventOf = (input: Parameters<typeof customResourceEvent>[0]): CloudFormationCustomResourceEvent =>
  customResourceEvent({ responseUrl: server.url, ...input });

/** Runs a handler for one request, and gives what CloudFormation is told. */
export async function run(
  input: Parameters<typeof customResourceEvent>[0],
  handle: (request: ResourceRequest<Site>) => unknown,
  options: CustomResourceOptions<Site> = {},
): Promise<Readonly<Record<string, unknown>>> {
  await wrap(customResource({ properties: Site, ...options }), async (request) => (await handle(request)) as ResourceAnswer)(
    eventOf(input),
    lambdaContext(),
  );
  return told();
}
