import { whole, wrap } from "@lamella/core";
import type { S3BatchHandler } from "aws-lambda";
import { same } from "../../core/test/same.ts";
import { s3Batch } from "./s3-batch.ts";

const handler: S3BatchHandler = wrap(s3Batch(), async ({ key, versionId, job }) => {
  same<typeof versionId, string | undefined>();
  return job.userArguments["size"] === undefined ? undefined : key;
});
void handler;
wrap(s3Batch(), async () => {});
wrap(whole(s3Batch()), async ({ items }) => items.map(({ key }) => key));

// @ts-expect-error 2345: the report takes text
wrap(s3Batch(), async () => 1);
// @ts-expect-error 2345: the reply is built from what happened
wrap(s3Batch(), async () => ({ results: [] }));
// @ts-expect-error 2345: a whole batch is answered with a list
wrap(whole(s3Batch()), async () => "done");
// @ts-expect-error 2322: none of the results
s3Batch({ treatMissingKeysAs: "Failed" });
