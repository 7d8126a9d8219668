import { describe } from "vitest";
import { storeContract } from "../test/store-contract.ts";
import { memoryStore } from "./memory.ts";

describe("memoryStore", () => {
  storeContract(async () => memoryStore());
});
