import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Secrets Manager on loopback, as far as the function calls it. */
export interface SecretsManager {
  readonly url: string;
  /** What is stored, by name. */
  readonly secrets: Map<string, string>;
  /** How often a value was asked for. */
  readonly calls: () => number;
  readonly stop: () => Promise<void>;
}

/** Answers `GetSecretValue`. */
export async function startSecretsManager(): Promise<SecretsManager> {
  const secrets = new Map<string, string>();
  let calls = 0;
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const { SecretId: id } = JSON.parse(String(Buffer.concat(chunks))) as { readonly SecretId: string };
    const value = request.headers["x-amz-target"] === "secretsmanager.GetSecretValue" ? secrets.get(id) : undefined;
    calls++;
    const answer = value === undefined ? { __type: "ResourceNotFoundException" } : { Name: id, SecretString: value };
    response.writeHead(value === undefined ? 400 : 200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    secrets,
    calls: () => calls,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
