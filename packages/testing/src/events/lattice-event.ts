import { forwarded, grouped, type HttpEventInput, toSent } from "./http-event-input.ts";

/** What a test says of a request through VPC Lattice; the rest is made up, and the same in every run. */
export interface LatticeEventInput<Version extends 1 | 2 = 1 | 2> extends HttpEventInput {
  /** The event structure version of the target group. @default 2 */
  readonly version?: Version | undefined;
  /** Who came, by the names of version 2: `{ type: "AWS_IAM", principal: "arn:…" }`. Version 1 has it in a header. */
  readonly identity?: Readonly<Record<string, string>> | undefined;
}

/** An event of VPC Lattice, version 1. */
export interface LatticeEventOfV1 {
  raw_path: string;
  method: string;
  headers: Record<string, string>;
  query_string_parameters: Record<string, string>;
  body: string;
  is_base64_encoded: boolean;
}

/** An event of VPC Lattice, version 2. */
export interface LatticeEventOfV2 {
  version: string;
  path: string;
  method: string;
  headers: Record<string, string[]>;
  queryStringParameters?: Record<string, string[]>;
  body?: string;
  isBase64Encoded?: boolean;
  requestContext: {
    serviceNetworkArn: string;
    serviceArn: string;
    targetGroupArn: string;
    region: string;
    timeEpoch: string;
    identity: Record<string, string>;
  };
}

/**
 * The event of a request through VPC Lattice: what `lattice()` opens.
 *
 * AWS: "Lambda functions as targets in VPC Lattice".
 *
 * @example
 * latticeEvent({ path: "/orders", query: { tag: ["new", "paid"] } });
 */
export function latticeEvent(input: LatticeEventInput<1> & { readonly version: 1 }): LatticeEventOfV1;
export function latticeEvent(input?: LatticeEventInput<2>): LatticeEventOfV2;
export function latticeEvent(input: LatticeEventInput = {}): LatticeEventOfV1 | LatticeEventOfV2 {
  const sent = toSent(input);
  const { method, search, query, body, isBase64Encoded } = sent;
  const path = search === "" ? sent.path : `${sent.path}?${search}`;
  const headers = forwarded(sent, "192.0.2.1").map(([name, values]): [string, string[]] => [name.toLowerCase(), [...values]]);
  if (input.version === 1) {
    return {
      raw_path: path,
      method,
      headers: {
        ...Object.fromEntries(headers.map(([name, values]) => [name, values.join(name === "cookie" ? "; " : ", ")])),
        ...(input.identity && { "x-amzn-lattice-identity": toHeader(input.identity) }),
      },
      query_string_parameters: Object.fromEntries(query),
      body: body ?? "",
      is_base64_encoded: isBase64Encoded,
    };
  }
  const arn = "arn:aws:vpc-lattice:eu-west-1:123456789012";
  return {
    version: "2.0",
    path,
    method,
    headers: Object.fromEntries(headers),
    ...(query.length > 0 && { queryStringParameters: Object.fromEntries(grouped(query)) }),
    ...(body !== undefined && { body, isBase64Encoded }),
    requestContext: {
      serviceNetworkArn: `${arn}:servicenetwork/sn-0bf3f2882e9cc805a`,
      serviceArn: `${arn}:service/svc-0a40eebed65f8d69c`,
      targetGroupArn: `${arn}:targetgroup/tg-6d0ecf831eec9f09`,
      region: "eu-west-1",
      timeEpoch: "1769860800000000",
      identity: { sourceVpcArn: "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-0b8276c84697e7339", ...input.identity },
    },
  };
}

/** As version 1 tells who came; what it does not know is empty. */
function toHeader({ principal = "", principalOrgID = "", sessionName = "", type = "" }: Readonly<Record<string, string>>): string {
  const fields = { Principal: principal, PrincipalOrgID: principalOrgID, SessionName: sessionName, Type: type };
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value.replaceAll(";", "\\;")}`)
    .join("; ");
}
