export { ResponseSink } from "./response-sink.ts";
export { type LocalServer, type ServeOptions, serve } from "./serve.ts";
export type { HttpServiceName } from "./services.ts";
export { type StreamingHandler, streamResponse } from "./stream-response.ts";
