import { type Lambda, wrap } from "@lamella/core";
import type { CodePipelineHandler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { logger } from "../../core/test/stand-ins.ts";
import { type CodePipelineEvent, codePipeline, type PipelineJob } from "./code-pipeline.ts";

const Target = z.object({ distribution: z.string() });
type Target = z.output<typeof Target>;

export const invalidate = wrap(codePipeline({ userParameters: Target }), logger(), async (job, { log }) => {
  same<typeof job, PipelineJob<Target>>();
  log.info(job.userParameters.distribution);
  if (job.continuationToken === undefined) return { continuationToken: "I123" };
  return { variables: { Done: "yes" }, summary: "done" };
});
same<typeof invalidate, Lambda<CodePipelineEvent, void>>();
export const asAws: CodePipelineHandler = invalidate;

wrap(codePipeline(), async ({ userParameters }) => same<typeof userParameters, string>());
wrap(codePipeline({ failureType: () => "PermissionError" }), async () => {});
// @ts-expect-error 2322: there is no such type of failure
codePipeline({ failureType: () => "Broken" });
// @ts-expect-error 2345: variables are text
wrap(codePipeline(), async () => ({ variables: { count: 5 } }));
// @ts-expect-error 2345: an answer has no such member
wrap(codePipeline(), async () => ({ token: "x" }));
// @ts-expect-error 2339: the parameters have no such member
wrap(codePipeline({ userParameters: Target }), async ({ userParameters }) => void userParameters.distributoin);
