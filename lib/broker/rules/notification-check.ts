import { BrokerError } from "@/lib/broker/errors";
import type { NotificationTargetInput, Smtp } from "@/lib/broker/notifications";

/** Throws `bad-request` naming the part of the target that can't be. @param isNew whether all that it needs must be given */
export function checkTarget(target: NotificationTargetInput, isNew: boolean): void {
  const { name, kind, groupMs, perHour, url, secret, smtp } = target;
  if (name.trim() === "") refuse("name", "is empty");
  checkNumber("group_ms", groupMs, 0, 86_400_000);
  checkNumber("per_hour", perHour, 1, 3_600);
  if ((secret?.length ?? 0) > 1_000) refuse("secret", "has more than 1,000 characters");
  if (kind === "email") {
    if (url !== undefined) refuse("url", "goes with webhook and slack");
    if (!smtp) refuse("smtp", "is missing");
    checkSmtp(smtp);
    return;
  }
  if (smtp) refuse("smtp", "goes with email");
  if (url === undefined) {
    if (isNew || kind === "webhook") refuse("url", "is missing");
    return;
  }
  if (kind === "slack" && secret != null) refuse("secret", "goes with webhook and email: Slack's URL is the secret");
  checkUrl(url);
}

function checkUrl(text: string): void {
  if (text.length > 2_000) refuse("url", "has more than 2,000 characters");
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) refuse("url", "is no http or https URL");
  if (url.username !== "" || url.password !== "") refuse("url", "holds a user or password; sign with secret instead");
}

const address = /^[^\s@<>,;"]{1,64}@[^\s@<>,;"]{1,255}$/;

function checkSmtp({ host, port, from, to }: Smtp): void {
  if (!/^[0-9A-Za-z.:_-]{1,255}$/.test(host)) refuse("smtp.host", "is no name or address of a host");
  checkNumber("smtp.port", port, 1, 65_535);
  if (!address.test(from)) refuse("smtp.from", "is no e-mail address");
  if (to.length === 0 || to.length > 50) refuse("smtp.to", "must have 1 to 50 addresses");
  const wrong = to.find((one) => !address.test(one));
  if (wrong !== undefined) refuse("smtp.to", `has '${wrong}', which is no e-mail address`);
}

function checkNumber(field: string, value: number, least: number, most: number): void {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    refuse(field, `must be an integer from ${least} to ${most}`);
  }
}

function refuse(field: string, why: string): never {
  throw new BrokerError("bad-request", `The notification target's ${field} ${why}.`, { field });
}
