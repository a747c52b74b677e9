"use client";

import { useCallback, useMemo, useSyncExternalStore } from "react";

const watchers = new Set<() => void>();
// What could not be stored (private mode, quota) is remembered for as long as the page lives.
const unstored = new Map<string, string>();

function watch(watcher: () => void) {
  watchers.add(watcher);
  window.addEventListener("storage", watcher);
  return () => {
    watchers.delete(watcher);
    window.removeEventListener("storage", watcher);
  };
}

function read(key: string): string | null {
  try {
    return unstored.get(key) ?? localStorage.getItem(key);
  } catch {
    return unstored.get(key) ?? null;
  }
}

function write(key: string, text: string) {
  try {
    localStorage.setItem(key, text);
    unstored.delete(key);
  } catch {
    unstored.set(key, text);
  }
  for (const watcher of watchers) watcher();
}

/**
 * A choice that this browser remembers (JSON under `warren.<name>`), shared by every component that asks for
 * the same name. Returns `initial` on the server, and wherever what is stored isn't JSON.
 */
export function useRemembered<T>(name: string, initial: T): [T, (value: T) => void] {
  const key = `warren.${name}`;
  const text = useSyncExternalStore(
    watch,
    () => read(key),
    () => null,
  );
  const value = useMemo(() => {
    if (text === null) return initial;
    try {
      return JSON.parse(text) as T;
    } catch {
      return initial;
    }
  }, [text, initial]);
  const set = useCallback((next: T) => write(key, JSON.stringify(next)), [key]);
  return [value, set];
}
