import type { CloudFormationCustomResourceEvent } from "aws-lambda";

/** What a test says of a request; the rest is made up, and the same in every run. */
export interface CustomResourceEventInput {
  /** @default "Create" */
  readonly requestType?: "Create" | "Update" | "Delete" | undefined;
  /** Numbers and booleans become strings, as in CloudFormation. @default {} */
  readonly properties?: object | undefined;
  /** Of an Update. @default {} */
  readonly oldProperties?: object | undefined;
  /** What an earlier answer said, of an Update or a Delete. @default "physical-id" */
  readonly physicalId?: string | undefined;
  /** The resource's name in the template. @default "Resource" */
  readonly logicalId?: string | undefined;
  /** @default "Custom::Resource" */
  readonly resourceType?: string | undefined;
  /** @default "stack" */
  readonly stackName?: string | undefined;
  readonly requestId?: string | undefined;
  /** Where the answer goes: the `url` of a `responseServer()`. @default an address where nobody listens */
  readonly responseUrl?: string | undefined;
}

/**
 * The event of a request for a custom resource: what `customResource()` opens.
 *
 * AWS: "Custom resource request objects".
 *
 * @example
 * const server = await responseServer();
 * customResourceEvent({ properties: { domain: "example.com", ttl: 300 }, responseUrl: server.url });
 */
export function customResourceEvent(input: CustomResourceEventInput = {}): CloudFormationCustomResourceEvent {
  const { requestType = "Create", logicalId = "Resource", resourceType = "Custom::Resource", stackName = "stack" } = input;
  const ServiceToken = "arn:aws:lambda:eu-west-1:123456789012:function:function";
  const common = {
    ServiceToken,
    // Port 9 discards, and in a test nothing listens there.
    ResponseURL: input.responseUrl ?? "http://127.0.0.1:9/response",
    StackId: `arn:aws:cloudformation:eu-west-1:123456789012:stack/${stackName}/51af3dc0-da77-11e4-872e-1234567db123`,
    RequestId: input.requestId ?? "5478764a-0000-4000-8000-000000000001",
    LogicalResourceId: logicalId,
    ResourceType: resourceType,
    ResourceProperties: { ServiceToken, ...toStrings(input.properties ?? {}) },
  };
  if (requestType === "Create") return { RequestType: requestType, ...common };
  const PhysicalResourceId = input.physicalId ?? "physical-id";
  if (requestType === "Delete") return { RequestType: requestType, ...common, PhysicalResourceId };
  return {
    RequestType: requestType,
    ...common,
    PhysicalResourceId,
    OldResourceProperties: { ServiceToken, ...toStrings(input.oldProperties ?? {}) },
  };
}

function toStrings<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_key, member: unknown) =>
    typeof member === "number" || typeof member === "boolean" ? String(member) : member,
  ) as Value;
}
