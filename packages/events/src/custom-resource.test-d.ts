import { type Base, type ItemOf, type Lambda, layer, wrap } from "@lamella/core";
import type { CloudFormationCustomResourceEvent, CloudFormationCustomResourceHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { logger } from "../../core/test/stand-ins.ts";
import { type CreateRequest, customResource, handlers, type ResourceRequest, type UpdateRequest } from "./custom-resource.ts";

const Site = z.object({ domain: z.string(), ttl: z.coerce.number() });
type Site = z.output<typeof Site>;

// One handler for all requests.

export const one = wrap(customResource({ properties: Site }), logger(), async (request, { log }) => {
  same<typeof request, ResourceRequest<Site>>();
  log.info(request.logicalId);
  same<typeof request.oldProperties, Site | undefined>();
  if (request.requestType === "Delete") {
    same<typeof request.properties, Site | undefined>();
    return {};
  }
  same<typeof request.properties, Site>();
  if (request.requestType === "Create") return { physicalId: request.properties.domain };
  same<typeof request, UpdateRequest<Site>>();
  return { data: { url: "" }, noEcho: true };
});
same<typeof one, Lambda<CloudFormationCustomResourceEvent, void>>();
export const asAws: CloudFormationCustomResourceHandler = one;

wrap(customResource(), async (request) => {
  if (request.requestType === "Create") same<typeof request.properties, Readonly<Record<string, unknown>>>();
});
// @ts-expect-error 2322: a Delete may come without properties that fit
wrap(customResource({ properties: Site }), async ({ properties }) => ({ physicalId: properties.domain }));
// @ts-expect-error 2345: an answer has no such member
wrap(customResource(), async () => ({ physicalID: "x" }));
// @ts-expect-error 2345: an answer is no text
wrap(customResource(), async () => "SUCCESS");
// @ts-expect-error 2322: properties take a schema
customResource({ properties: { domain: "string" } });
// @ts-expect-error 2322: there are two ways
customResource({ afterFailedCreate: "delete" });

// One handler for each.

export const three = wrap(
  customResource({ properties: Site }),
  logger(),
  handlers({
    create: async (request, ctx) => {
      same<typeof request, CreateRequest<Site>>();
      same<typeof ctx.signal, AbortSignal>();
      ctx.log.info(request.properties.domain);
      return { physicalId: request.physicalId };
    },
    update: async ({ properties, oldProperties }, { log }) => log.info(`${properties.ttl} ${oldProperties?.ttl}`),
    delete: ({ properties }) => void properties?.domain,
  }),
);
same<typeof three, Lambda<CloudFormationCustomResourceEvent, void>>();

const remove = async ({ physicalId }: { readonly physicalId: string }, _ctx: Base): Promise<void> => void physicalId;
wrap(customResource(), handlers({ create: async () => {}, update: async () => {}, delete: remove }));

wrap(
  customResource({ properties: Site }),
  handlers({
    // @ts-expect-error 2339: the properties have no such member
    create: async ({ properties }) => ({ physicalId: properties.domian }),
    // @ts-expect-error 2339: no layer adds a log
    update: async (_request, { log }) => log.info(""),
    delete: async () => {},
  }),
);
// @ts-expect-error 2345: a resource that cannot be deleted blocks its stack
wrap(customResource(), handlers({ create: async () => {}, update: async () => {} }));

// Layers and code out of line.

const source = customResource({ properties: Site });
same<ItemOf<typeof source>, ResourceRequest<Site>>();
wrap(
  source,
  layer("guard", async ({ stackName }, _ctx, next) => next({ stage: stackName })),
  async (_request, { stage }) => same<typeof stage, string>(),
);
