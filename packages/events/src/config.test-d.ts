import { type Lambda, wrap } from "@lamella/core";
import type { Handler } from "aws-lambda";
import { z } from "zod";
import { same } from "../../core/test/same.ts";
import { logger } from "../../core/test/stand-ins.ts";
import { type ConfigNotification, type ConfigRuleEvent, type ConfigurationItem, type ConfigurationItemSummary, config } from "./config.ts";

const Limits = z.object({ days: z.coerce.number() });

export const rule = wrap(config({ ruleParameters: Limits }), logger(), async (notification, { log }) => {
  same<typeof notification, ConfigNotification<{ days: number }>>();
  log.info(notification.ruleName);
  if (!notification.isApplicable) return "NOT_APPLICABLE";
  switch (notification.messageType) {
    case "ConfigurationItemChangeNotification":
      same<typeof notification.configurationItem, ConfigurationItem>();
      same<typeof notification.summary, undefined>();
      return { compliance: "NON_COMPLIANT", annotation: "too old" };
    case "OversizedConfigurationItemChangeNotification":
      same<typeof notification.summary, ConfigurationItemSummary>();
      return [{ compliance: "COMPLIANT", resourceType: "AWS::EC2::Instance", resourceId: "i-1" }];
    default:
      return [];
  }
});
same<typeof rule, Lambda<ConfigRuleEvent, void>>();
export const asAws: Handler<ConfigRuleEvent, void> = rule;

wrap(config(), async ({ ruleParameters }) => same<typeof ruleParameters, Readonly<Record<string, unknown>>>());
// @ts-expect-error 2345: AWS Config does not take it from rules
wrap(config(), async () => "INSUFFICIENT_DATA");
// @ts-expect-error 2345: an evaluation says whether the resource complies
wrap(config(), async () => ({ annotation: "x" }));
// @ts-expect-error 2322: a scheduled run is about no resource
wrap(config(), async (notification) => void notification.configurationItem.resourceId);
