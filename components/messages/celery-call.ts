import type { Message } from "@/lib/api-client/messages";

export type CeleryTask = NonNullable<Message["celery"]>;

const most = 200;

/** A task as it would be called: `shop.charge(42, currency='EUR')`; long arguments are cut. */
export function celeryCall({ task, args, kwargs }: Pick<CeleryTask, "task" | "args" | "kwargs">): string {
  const positional = Array.isArray(args) ? args.map(shown) : typeof args === "string" ? [withoutBrackets(args)] : [];
  const named =
    typeof kwargs === "object" && kwargs !== null
      ? Object.entries(kwargs).map(([name, value]) => `${name}=${shown(value)}`)
      : typeof kwargs === "string" && kwargs !== "{}"
        ? [`**${kwargs}`]
        : [];
  const inside = [...positional, ...named].filter((part) => part !== "").join(", ");
  return `${task}(${inside.length > most ? `${inside.slice(0, most)}…` : inside})`;
}

const shown = (value: unknown): string => JSON.stringify(value) ?? "None";

/** Celery's own short form of a list or tuple, without what is around it. */
function withoutBrackets(text: string): string {
  return text.replace(/^[([](.*?),?[)\]]$/s, "$1");
}
