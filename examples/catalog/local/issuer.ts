import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

/** Who issues tokens: here a server on loopback, with keys that are made when it starts. */
export interface Issuer {
  readonly url: string;
  readonly sign: (claims: { readonly sub: string; readonly scope: string }) => Promise<string>;
  readonly stop: () => void;
}

/** Starts an issuer that serves its public key, as the functions expect it of a real one. */
export async function startIssuer(): Promise<Issuer> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: "ES256", kid: "1", use: "sig" }] });
  const server = createServer((_request, response) => response.setHeader("content-type", "application/json").end(keys));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    sign: (claims) =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "ES256", kid: "1" })
        .setIssuer(url)
        .setAudience("catalog")
        .setExpirationTime("5 minutes")
        .sign(privateKey),
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
