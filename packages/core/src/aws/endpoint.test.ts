import { beforeEach, expect, it, vi } from "vitest";
import { endpointOf } from "./index.ts";

beforeEach(() => {
  for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SQS", "AWS_ENDPOINT_URL_SECRETS_MANAGER"]) vi.stubEnv(name, undefined);
});

it.for([
  { region: "eu-west-1", host: "sqs.eu-west-1.amazonaws.com" },
  { region: "us-gov-west-1", host: "sqs.us-gov-west-1.amazonaws.com" },
  { region: "cn-north-1", host: "sqs.cn-north-1.amazonaws.com.cn" },
  { region: "us-iso-east-1", host: "sqs.us-iso-east-1.c2s.ic.gov" },
  { region: "us-isob-east-1", host: "sqs.us-isob-east-1.sc2s.sgov.gov" },
  { region: "us-isof-south-1", host: "sqs.us-isof-south-1.csp.hci.ic.gov" },
  { region: "eu-isoe-west-1", host: "sqs.eu-isoe-west-1.cloud.adc-e.uk" },
  { region: "eusc-de-east-1", host: "sqs.eusc-de-east-1.amazonaws.eu" },
])("a service of $region is at $host", ({ region, host }) => {
  expect(endpointOf("sqs", region)).toBe(`https://${host}`);
});

it("the environment says where services are, one before all", () => {
  vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:1/");
  expect(endpointOf("sqs", "eu-west-1")).toBe("http://127.0.0.1:1");
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", "http://127.0.0.1:2");
  expect(endpointOf("sqs", "eu-west-1")).toBe("http://127.0.0.1:2");
  vi.stubEnv("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://127.0.0.1:3");
  expect(endpointOf("secretsmanager", "eu-west-1", "Secrets Manager")).toBe("http://127.0.0.1:3");
  vi.stubEnv("AWS_ENDPOINT_URL_SQS", "");
  expect(endpointOf("sqs", "eu-west-1")).toBe("http://127.0.0.1:1");
});
