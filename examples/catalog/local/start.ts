import { join } from "node:path";
import type { Lambda } from "@lamella/core";
import {
  albEvent,
  albResponse,
  fromRequest,
  functionUrlEvent,
  httpApiResponse,
  lambdaContext,
  restApiEvent,
  restApiResponse,
} from "@lamella/testing";
import type {
  ALBEvent,
  ALBResult,
  APIGatewayProxyEvent,
  APIGatewayProxyResult,
  APIGatewayProxyStructuredResultV2,
  LambdaFunctionURLEvent,
} from "aws-lambda";
import { bundled } from "../../bundled.ts";
import { say, showLogs } from "../../show.ts";
import { startIssuer } from "./issuer.ts";

interface Functions {
  readonly api: Lambda<APIGatewayProxyEvent, APIGatewayProxyResult> & Lambda<ALBEvent, ALBResult>;
  readonly shop: Lambda<LambdaFunctionURLEvent, APIGatewayProxyStructuredResultV2>;
}

type Init = RequestInit & { readonly body?: string };

/** What is worth seeing of a reply's headers. */
const SHOWN = ["content-type", "location", "www-authenticate", "access-control-allow-origin", "access-control-allow-methods"];

/** Runs the example on real events, and tells what happens; false when it did not come out as it must. */
export async function start(): Promise<boolean> {
  say.title("catalog: a REST API and a load balancer in front of one router, and a Hono app behind a function URL");
  const issuer = await startIssuer();
  // Before the function is loaded, as the template sets it.
  process.env["ISSUER"] = issuer.url;
  const { api, shop } = await bundled<Functions>(join(import.meta.dirname, ".."), "api", "shop");
  const services = {
    "REST API": async (sent: Request) => restApiResponse(await api(restApiEvent(await fromRequest(sent)), lambdaContext())),
    "load balancer": async (sent: Request) =>
      albResponse(await api(albEvent({ ...(await fromRequest(sent)), multiValue: true }), lambdaContext()), true),
    "function URL": async (sent: Request) => httpApiResponse(await shop(functionUrlEvent(await fromRequest(sent)), lambdaContext())),
  };
  const restore = showLogs();
  let wrong = 0;
  const send = async (what: string, by: keyof typeof services, expected: number, path: string, init: Init = {}): Promise<void> => {
    say.step(`${what} (${by})`);
    const response = await services[by](new Request(`https://catalog.example.com${path}`, init));
    const headers = SHOWN.filter((name) => response.headers.has(name)).map((name) => `${name}: ${response.headers.get(name)}`);
    const shown = [response.status, ...headers, await response.text()].filter((part) => part !== "");
    say.exchange(`${init.method ?? "GET"} ${path} ${init.body ?? ""}`.trimEnd(), shown.join("\n    "));
    if (response.status !== expected) wrong++;
  };

  try {
    const origin = "https://shop.example.com";
    const bearer = async (sub: string, scope: string) => ({ authorization: `Bearer ${await issuer.sign({ sub, scope })}` });
    const [editor, reader] = await Promise.all([bearer("ann", "catalog/write"), bearer("bob", "catalog/read")]);
    const post = (product: object, headers: Readonly<Record<string, string>> = {}): Init => ({
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(product),
    });
    const notebook = { sku: "notebook", name: "Notebook", price: 12, tags: ["writing"] };
    const preflight = { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST" } };

    await send("A list", "REST API", 200, "/products?tag=writing&tag=gift&maxPrice=50");
    await send("A query that does not fit", "load balancer", 400, "/products?maxPrice=cheap");
    await send("A browser asks whether the shop's page may add a product", "REST API", 204, "/products", preflight);
    await send("No token", "REST API", 401, "/products", post(notebook));
    await send("A token of one who may only read", "load balancer", 403, "/products", post(notebook, reader));
    await send("A product that does not fit", "load balancer", 400, "/products", post({ sku: "Note book", price: -1 }, editor));
    await send("A new product", "load balancer", 201, "/products", post(notebook, editor));
    await send("It is there by the other way as well", "REST API", 200, "/products/notebook");
    await send("No such product, which the shop's page may read", "load balancer", 404, "/products/chair", { headers: { origin } });
    await send("The shop, a Hono app", "function URL", 200, "/");
  } finally {
    restore();
    issuer.stop();
  }
  say.step(wrong === 0 ? "10 requests, all answered as they must be." : `${wrong} of 10 requests were not answered as they must be.`);
  return wrong === 0;
}
