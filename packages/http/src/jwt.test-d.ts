import { wrap } from "@lamella/core";
import { z } from "zod";
import { same } from "../test/same.ts";
import { messages } from "../test/stand-ins.ts";
import { httpApi } from "./index.ts";
import { type JwtClaims, jwt } from "./jwt.ts";

const where = { issuer: "https://id.example.com", audience: "orders", jwks: "https://id.example.com/jwks.json" };

export const bare = wrap(httpApi(), jwt(where), async (_request, { claims }) => {
  same<typeof claims, JwtClaims>();
  same<typeof claims.sub, string | undefined>();
});
export const bySchema = wrap(httpApi(), jwt({ ...where, claims: z.object({ tenant: z.string() }) }), async (_request, { claims }) => {
  same<typeof claims, { tenant: string }>();
});

// @ts-expect-error 2345: who must have issued the token is missing
jwt({ audience: "orders", jwks: where.jwks });
// @ts-expect-error 2345: whom it must be for is missing
jwt({ issuer: "https://id.example.com", jwks: where.jwks });
// @ts-expect-error 2322: a shared secret would let everybody who can check a token make one
jwt({ ...where, algorithms: ["HS256"] });
// @ts-expect-error 2345: for requests
export const onMessages = wrap(messages(), jwt(where), async () => {});
// @ts-expect-error 2339: without the layer there are no claims
export const without = wrap(httpApi(), async (_request, { claims }) => claims);
