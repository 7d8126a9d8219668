import { describe, expect, it } from "vitest";
import { tracer } from "./tracer.ts";
import { captured } from "./xray/captured.ts";

describe("tracer(options)", () => {
  it.for([
    { options: null, says: "tracer(options) must be an object, got null" },
    { options: [], says: "tracer(options) must be an object, got array" },
    { options: { servcie: "x" }, says: "tracer() has no option servcie. It takes instance, service, serviceName," },
    { options: { service: " " }, says: 'tracer({ service }) must be a text that is not empty, got " "' },
    { options: { serviceName: 3 }, says: "tracer({ serviceName }) must be a text that is not empty, got 3" },
    { options: { enabled: "false" }, says: 'tracer({ enabled }) must be true or false, got "false"' },
    { options: { captureHTTPsRequests: 1 }, says: "tracer({ captureHTTPsRequests }) must be true or false, got 1" },
    { options: { captureResponse: null }, says: "tracer({ captureResponse }) must be true or false, got null" },
    { options: { customConfigService: {} }, says: "tracer({ customConfigService }) must be a Powertools ConfigService, got object" },
    { options: { instance: {} }, says: "tracer({ instance }) must be a Powertools Tracer, got object" },
    { options: { service: "a", serviceName: "a" }, says: "tracer({ service, serviceName }) must have only one of the two" },
  ])("refuses $options at load", ({ options, says }) => {
    expect(() => tracer(options as never)).toThrow(TypeError);
    expect(() => tracer(options as never)).toThrow(says);
  });

  it.for([{}, { service: undefined, enabled: undefined }, { service: "orders", captureResponse: true, captureHTTPsRequests: false }])(
    "takes %o",
    (options) => {
      expect(tracer(options)).toMatchObject({ name: "tracer" });
    },
  );
});

describe("captured(client)", () => {
  it.for([undefined, null, "client", {}, { middlewareStack: {} }])("refuses %o", (client) => {
    expect(() => captured(client as never)).toThrow("captured(client) must be a client of the AWS SDK for JavaScript, version 3");
  });
});
