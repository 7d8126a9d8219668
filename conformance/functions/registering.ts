// What the Extensions API answers, to a function that asks it by hand.
async function register(name: string | undefined, body: string): Promise<string> {
  const url = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}/2020-01-01/extension/register`;
  const headers: Record<string, string> = name === undefined ? {} : { "Lambda-Extension-Name": name };
  const response = await fetch(url, { method: "POST", headers, body });
  const { errorType } = (await response.json()) as { readonly errorType?: string };
  const id = response.headers.get("Lambda-Extension-Identifier");
  if (id !== null) void waitFor(id);
  return `${response.status} ${errorType ?? (id === null ? "without" : "with")}`;
}

async function waitFor(id: string): Promise<void> {
  const url = `http://${process.env["AWS_LAMBDA_RUNTIME_API"]}/2020-01-01/extension/event/next`;
  for (;;) {
    const response = await fetch(url, { headers: { "Lambda-Extension-Identifier": id } });
    const event = (await response.json()) as { readonly eventType: string; readonly requestId: string };
    console.log(`told of ${event.eventType} ${event.requestId}`);
  }
}

const answers = [
  await register(undefined, "{}"),
  await register("no-json", "{"),
  await register("at-the-end", '{"events":["SHUTDOWN"]}'),
  await register("unknown", '{"events":["SLEEP"]}'),
  await register("each", '{"events":["INVOKE"]}'),
  await register("each", "{}"),
];
for (let index = 1; index < 10; index++) await register(`more ${index}`, '{"events":[]}');
answers.push(await register("one too many", "{}"));

export const handler = async (): Promise<readonly string[]> => [...answers, await register("late", "{}")];
