import { nameOf } from "@lamella/core/extend";

/** What to say of an error where others read it: its name and message, without what pre-signed URLs are signed with. */
export function reasonOf(error: unknown): string {
  let message: unknown;
  try {
    message = typeof error === "string" ? error : (error as { readonly message?: unknown } | undefined | null)?.message;
  } catch {
    // What was thrown may throw itself when it is looked at.
  }
  const text = typeof message === "string" && message !== "" ? `: ${message}` : "";
  return `${nameOf(error)}${text}`.replaceAll(/([?&](?:X-Amz-[\w-]+|Signature|AWSAccessKeyId)=)[^&\s"']*/gi, "$1…");
}

/** What `reason` says of an error, or else what `reasonOf` does: a reason that cannot be told must not cost the answer. */
export function tell(reason: (error: unknown) => string, error: unknown): string {
  try {
    const told = reason(error);
    if (typeof told === "string" && told !== "") return told;
  } catch {
    // Said below.
  }
  return reasonOf(error);
}
