import { authorizerEvent } from "@lamella/testing";

const orders = { path: "/orders/1", resource: "/orders/{id}", params: { id: "1" }, query: { tag: ["a", "b"] } };

export const tokenEvent = authorizerEvent("token", { path: "/orders/1/a:b", token: "Bearer abc" });
export const requestEvent = authorizerEvent("request", { ...orders, token: "bearer abc" });
/** As an HTTP API sends format 1.0. */
export const request1Event = authorizerEvent("httpApiV1", { ...orders, token: "bearer abc", identitySource: ["abc", "123"] });
export const request2Event = authorizerEvent("httpApi", {
  ...orders,
  token: "Bearer abc",
  cookies: { session: "1" },
  identitySource: ["Bearer abc", "123"],
});
export const webSocketEvent = authorizerEvent("webSocket", { token: "abc", query: { room: "1" } });
