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
