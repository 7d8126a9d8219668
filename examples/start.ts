import { start as catalog } from "./catalog/local/start.ts";
import { start as orders } from "./orders/local/start.ts";
import { start as payments } from "./payments/local/start.ts";
import { start as reports } from "./reports/local/start.ts";

// Runs every example on real events, with embedded parts only.
const outcomes = [await orders(), await catalog(), await payments(), await reports()];

process.exitCode = outcomes.every(Boolean) ? 0 : 1;
