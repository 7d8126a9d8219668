export { ResponseSink } from "./response-sink.ts";
export { type StreamingHandler, streamResponse } from "./stream-response.ts";
