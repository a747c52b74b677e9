/**
 * Makes something once per process and keeps it where a second copy of this module finds it too: Next evaluates
 * modules again when they change while developing, and connections must not be opened again each time.
 */
export function oncePerProcess<T>(name: string, make: () => T): T {
  const symbol = Symbol.for(`warren.${name}`);
  const kept = globalThis as { [key: symbol]: unknown };
  kept[symbol] ??= make();
  return kept[symbol] as T;
}

/** The largest message body that the API takes, in bytes: WARREN_MAX_MESSAGE_BYTES, or 16 MiB, as RabbitMQ 4. */
export function messageLimit(environment: Readonly<Record<string, string | undefined>>): number {
  const given = environment.WARREN_MAX_MESSAGE_BYTES;
  if (given === undefined || given === "") return 16 * 1024 * 1024;
  const bytes = /^\d{1,10}$/.test(given) ? Number(given) : 0;
  if (bytes >= 1 && bytes <= 512 * 1024 * 1024) return bytes;
  throw new Error("WARREN_MAX_MESSAGE_BYTES must be a number of bytes from 1 to 536870912.");
}
