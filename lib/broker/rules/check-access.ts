import type { Permission, TopicPermission, User } from "@/lib/broker/access";
import { BrokerError } from "@/lib/broker/errors";
import { checkName } from "@/lib/broker/rules/names";
import { compilePattern } from "@/lib/broker/rules/pattern";

/** Throws `bad-request` for a name or tags that can't be. */
export function checkUser({ name, tags }: User): void {
  checkName("user", name);
  const wrong = tags.find((tag) => tag === "" || /[\s,\0]/.test(tag) || Buffer.byteLength(tag) > 255);
  if (wrong !== undefined) throw new BrokerError("bad-request", `'${wrong}' can't be a tag of a user.`);
}

/** Throws `bad-request` for a pattern that can't be. */
export function checkPermission({ configure, write, read }: Permission): void {
  for (const pattern of [configure, write, read]) compilePattern(pattern);
}

/** The same; the variables in braces are no part of the pattern. */
export function checkTopicPermission({ write, read }: TopicPermission): void {
  for (const pattern of [write, read]) compilePattern(pattern.replaceAll(/\{(username|vhost)\}/g, "x"));
}
