import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** Secrets Manager and Parameter Store on loopback: whatever is asked for is there. */
export async function startFakeAws(): Promise<{ readonly env: Readonly<Record<string, string>>; readonly stop: () => void }> {
  const server = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk as Uint8Array);
    const { Names: names = [] } = JSON.parse(String(Buffer.concat(chunks))) as { readonly Names?: readonly string[] };
    const answer = { SecretString: "value", Parameters: names.map((Name) => ({ Name, Value: "value" })) };
    response.writeHead(200, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const env = {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  };
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { env, stop };
}
