// What the runtime client does by itself, without Lamella.
interface Event {
  readonly do: string;
  readonly text?: string;
}

let invocations = 0;
let ticked = (): void => {};

export const handler = async (event: Event, context: unknown): Promise<unknown> => {
  invocations++;
  switch (event.do) {
    case "return undefined":
      return undefined;
    case "throw a string":
      throw "text";
    case "throw undefined":
      throw undefined;
    case "throw with a cause":
      throw new TypeError("outer", { cause: new Error("inner") });
    case "return a BigInt":
      return 1n;
    case "return a cycle": {
      const cycle: { self?: unknown } = {};
      cycle.self = cycle;
      return cycle;
    }
    case "reject unhandled":
      void Promise.reject(new Error("nobody looks"));
      return new Promise((resolve) => setTimeout(resolve, 60_000, "late"));
    case "throw in a timer":
      setTimeout(() => {
        throw new Error("in a timer");
      }, 0);
      return new Promise((resolve) => setTimeout(resolve, 60_000, "late"));
    case "never settle":
      return new Promise(() => {});
    case "take too long":
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    case "leave a timer":
      setInterval(() => {
        console.log("tick");
        ticked();
      }, 5);
      return undefined;
    case "wait for a tick": {
      return new Promise((resolve) => {
        ticked = () => resolve(true);
      });
    }
    case "return much":
      return "x".repeat(6 * 1_024 * 1_024 + 99);
    case "return most":
      return "x".repeat(6 * 1_024 * 1_024 + 98);
    case "tell":
      return {
        invocations,
        pid: process.pid,
        keys: Object.keys(context as object).toSorted(),
        context,
        traceId: process.env["_X_AMZN_TRACE_ID"],
        home: process.env["LAMBDA_TASK_ROOT"] === process.cwd(),
      };
    default:
      return { echo: event.text };
  }
};

// The Node.js 24 runtime refuses handlers of three parameters.
export const withCallback = (_event: unknown, _context: unknown, callback: (error: null, reply: string) => void): void =>
  callback(null, "done");

export const twoParameters = async (_event: unknown, _context: unknown): Promise<number> => twoParameters.length;
