import { direct, onShutdown, ready, wrap } from "@lamella/core";

export const handler = await ready(
  wrap(
    direct(),
    onShutdown(() => process.exit(0)),
    () => "done",
  ),
);
