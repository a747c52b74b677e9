import { connectionHref } from "@/components/connections/links";
import { limitsHref, policyHref } from "@/components/policies/links";
import { exchangeHref, queueHref } from "@/components/queues/links";
import { withVhost } from "@/components/shell/vhost";
import { completionsFrom } from "@/components/ui/filter/completions";
import type { Query } from "@/components/ui/filter/query";
import type { Tone } from "@/components/ui/tag";
import type { AuditFilter, AuditLine } from "@/lib/api-client/audit";

/** The qualifiers of the filter field; free text is the object's name. */
export const auditNames = ["user", "action", "object", "from", "by"] as const;

const fields = { user: "user", action: "action", object: "target", from: "address", by: "door" } as const;
const doors = ["http", "console", "amqp"];

/** What a filter's text asks for; of several qualifiers of one name the last counts. */
export function filterOf({ terms, text }: Query): AuditFilter {
  const filter: Record<string, string> = text === "" ? {} : { target: text };
  for (const { name, value } of terms) {
    const field = fields[name as keyof typeof fields];
    if (field !== undefined) filter[field] = value;
  }
  return filter;
}

/** What can't match anything, as a sentence; the server would refuse it. */
export function filterProblem({ door }: AuditFilter): string | undefined {
  return door === undefined || doors.includes(door) ? undefined : `by: is one of ${doors.join(", ")}`;
}

/** What could be meant by the word that is being typed, by what the loaded lines hold. */
export function completions(word: string, lines: readonly AuditLine[]): { insert: string }[] {
  if (word === "") return [];
  const known = new Set<string>();
  for (const name of auditNames) known.add(`${name}:`);
  for (const door of doors) known.add(`by:${door}`);
  for (const { user, action, address } of lines) {
    for (const [name, value] of Object.entries({ user, action, from: address })) {
      if (value !== "" && !/[\s"]/.test(value)) known.add(`${name}:${value}`);
    }
    known.add(`action:${action.slice(0, action.indexOf(".") + 1)}`);
  }
  return completionsFrom([...known])(word);
}

export const outcomeTones: Readonly<Record<string, Tone>> = { done: "neutral", refused: "warn", failed: "danger" };

/** `queue.purge` as words: "Purge queue". */
export function actionWords(action: string): string {
  const [noun = "", verb = ""] = action.split(".");
  const words = `${verb} ${noun.replaceAll("-", " ")}`.trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What is taken away with these is shown on the page of something that stays. */
const partsOfOthers = new Set(["permission", "topic-permission", "vhost-limit", "user-limit"]);

/** The page of what it was done to; undefined where it has none, or is gone by just this. */
export function objectHref({ action, vhost, target, outcome }: AuditLine): string | undefined {
  const [noun, verb] = action.split(".");
  const gone = verb === "delete" && outcome === "done" && !partsOfOthers.has(noun ?? "");
  if (gone || target === "") return undefined;
  switch (noun) {
    case "queue":
      return vhost === null ? undefined : queueHref(vhost, target);
    case "exchange":
      return vhost === null ? undefined : exchangeHref(vhost, target);
    case "connection":
      return verb === "close" && outcome === "done" ? undefined : connectionHref(target);
    case "policy":
    case "operator-policy":
      return vhost === null ? undefined : policyHref(noun === "policy" ? "user" : "operator", vhost, target);
    case "vhost-limit":
      return limitsHref("vhost");
    case "user-limit":
      return limitsHref("user");
    case "vhost":
      return opened("/vhosts", target);
    case "user":
    case "permission":
      return opened("/users", target);
    case "topic-permission":
      // One that was taken away names its exchange behind the user.
      return verb === "delete" ? "/users" : opened("/users", target);
    case "error-policy":
      return withVhost("/error-policies", vhost);
    case "notification-target":
      return "/error-policies?tab=targets";
    case "review":
      return /^\d+$/.test(target) ? `/reviews?review=${target}` : undefined;
    case "job":
      return withVhost("/jobs", vhost);
    default:
      return undefined;
  }
}

const opened = (page: string, name: string) => `${page}?open=${encodeURIComponent(name)}`;
