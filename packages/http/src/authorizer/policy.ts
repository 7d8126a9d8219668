import { OutputError } from "@lamella/core";
import type { APIGatewayAuthorizerResult } from "aws-lambda";
import type { Authorized, PolicyContext } from "./answers.ts";
import type { AuthorizationItem } from "./authorization.ts";

/**
 * Writes the policy of an answer.
 *
 * AWS: "Output from an API Gateway Lambda authorizer".
 *
 * @throws {OutputError} When API Gateway would not take it.
 * @throws {PayloadError} When it is for the whole stage, and the event's ARN does not say which.
 */
export function toPolicy(answer: Authorized<unknown>, item: AuthorizationItem): APIGatewayAuthorizerResult {
  const { "~effect": effect, principalId = "user", context, resources, usageIdentifierKey } = answer;
  if (typeof principalId !== "string" || principalId === "")
    throw new OutputError({ part: "principalId", problem: "is no text, or is empty" });
  const result: APIGatewayAuthorizerResult = {
    principalId,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [{ Action: "execute-api:Invoke", Effect: effect, Resource: toResources(resources, item) }],
    },
  };
  if (context !== undefined) result.context = toContext(context);
  if (usageIdentifierKey !== undefined && (typeof usageIdentifierKey !== "string" || usageIdentifierKey === ""))
    throw new OutputError({ part: "usageIdentifierKey", problem: "is no text, or is empty" });
  if (usageIdentifierKey !== undefined) result.usageIdentifierKey = usageIdentifierKey;
  return result;
}

function toResources(resources: readonly string[] | undefined, item: AuthorizationItem): string[] {
  if (resources === undefined) return [`${item.arn.stageArn}/*`];
  if (resources.length === 0)
    throw new OutputError({ part: "list of resources", problem: "is empty, and a policy must be about something" });
  return resources.map((resource) => {
    if (resource.startsWith("arn:")) return resource;
    const [, method, path, route] = /^(?:([A-Z]+|\*) (\/\S*)|(\*|\$\S+))$/.exec(resource) ?? [];
    if (route !== undefined) return `${item.arn.stageArn}/${route}`;
    if (method === undefined || path === undefined)
      throw new OutputError({ part: "resources", problem: `has "${resource}", which is neither "METHOD /path", "*", "$route" nor an ARN` });
    // Policies have no parameters, only what fits everything.
    return `${item.arn.stageArn}/${method === "ANY" ? "*" : method}${path.replaceAll(/\{[^}]*\}/g, "*")}`;
  });
}

function toContext(context: unknown): NonNullable<APIGatewayAuthorizerResult["context"]> {
  // What has no value is left out, as JSON does.
  const given = Object.entries(context as PolicyContext).filter(([, value]) => value !== undefined);
  for (const [name, value] of given) {
    // What is no finite number would be null in JSON.
    if (!["string", "number", "boolean"].includes(typeof value) || (typeof value === "number" && !Number.isFinite(value)))
      throw new OutputError({
        part: "context",
        problem: `has ${name}, which is no text, number or boolean: API Gateway takes nothing else`,
      });
  }
  return Object.fromEntries(given);
}
