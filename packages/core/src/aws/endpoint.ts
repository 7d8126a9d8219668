// The domains of the partitions whose regions start like this.
const SUFFIXES: readonly (readonly [string, string])[] = [
  ["cn-", "amazonaws.com.cn"],
  ["eusc-", "amazonaws.eu"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-isof-", "csp.hci.ic.gov"],
  ["us-iso-", "c2s.ic.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
];

/**
 * The endpoint that the environment sets for a service, such as an emulator's.
 *
 * AWS: "Service-specific endpoints".
 */
export function configuredEndpoint(serviceId: string): string | undefined {
  const { env } = process;
  return env[`AWS_ENDPOINT_URL_${serviceId.toUpperCase().replaceAll(/\W/g, "_")}`] || env["AWS_ENDPOINT_URL"] || undefined;
}

/** Where a service is reached in a region, without a slash at the end. */
export function endpointOf(service: string, region: string, serviceId: string = service): string {
  const suffix = SUFFIXES.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "amazonaws.com";
  return (configuredEndpoint(serviceId) ?? `https://${service}.${region}.${suffix}`).replace(/\/$/, "");
}
