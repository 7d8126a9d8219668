/**
 * An event of VPC Lattice, event structure version 1.
 *
 * AWS: "Lambda functions as targets in VPC Lattice".
 */
export interface LatticeEventV1 {
  /** The path, with the query if there is one. */
  raw_path: string;
  method: string;
  /** Several values of one name are joined by commas. */
  headers: { [name: string]: string | undefined };
  /** The last value of each name. */
  query_string_parameters?: { [name: string]: string | undefined } | undefined;
  body?: string | undefined;
  is_base64_encoded?: boolean | undefined;
}

/**
 * An event of VPC Lattice, event structure version 2.
 *
 * AWS: "Lambda functions as targets in VPC Lattice".
 */
export interface LatticeEventV2 {
  version: string;
  path: string;
  method: string;
  headers: { [name: string]: string[] | string | undefined };
  queryStringParameters?: { [name: string]: string[] | string | undefined } | undefined;
  body?: string | undefined;
  isBase64Encoded?: boolean | undefined;
  requestContext: LatticeRequestContext;
}

/** Where a request through VPC Lattice came from, in events of version 2. */
export interface LatticeRequestContext {
  serviceNetworkArn: string;
  serviceArn: string;
  targetGroupArn: string;
  region: string;
  /** In microseconds. */
  timeEpoch: string;
  identity?: LatticeIdentity | undefined;
}

/** Who came, as far as VPC Lattice knows. */
export interface LatticeIdentity {
  sourceVpcArn?: string | undefined;
  /** `AWS_IAM` where an auth policy is used and the signature was right. */
  type?: string | undefined;
  principal?: string | undefined;
  principalOrgID?: string | undefined;
  sessionName?: string | undefined;
  x509IssuerOu?: string | undefined;
  x509SanDns?: string | undefined;
  x509SanNameCn?: string | undefined;
  x509SanUri?: string | undefined;
  x509SubjectCn?: string | undefined;
}

/** An event of VPC Lattice, of either version. */
export type LatticeEvent = LatticeEventV1 | LatticeEventV2;

/** What VPC Lattice is replied. */
export interface LatticeResult {
  statusCode: number;
  headers: { readonly [name: string]: string };
  isBase64Encoded: boolean;
  /** The cookies after the first, which is among the headers: a name there has one value. */
  cookies?: string[] | undefined;
  body?: string | undefined;
}
