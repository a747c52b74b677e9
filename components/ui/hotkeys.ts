"use client";

import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";

export type Hotkey = {
  /** A key (`j`, `/`, `Escape`), or two in a row (`g q`). Letters stand for themselves, shifted ones as typed (`?`). */
  keys: string;
  /** What it does, for the list of all keys. */
  label: string;
  /** Where the list of all keys puts it. */
  group: string;
};
type Entry = Hotkey & { run: (event: KeyboardEvent) => void };

const entries: Entry[] = [];
const watchers = new Set<() => void>();
let shown: readonly Hotkey[] = [];
let first: { key: string; until: number } | undefined;

function changed() {
  shown = entries.filter((entry, index) => entries.findIndex((other) => other.keys === entry.keys) === index);
  for (const watcher of watchers) watcher();
}

/** Whether someone is typing there, or a menu or dialog has the keyboard. */
function takesKeys(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  // What closes keeps the focus while it fades, and has no more use for keys.
  if (target.closest("[data-closed]")) return false;
  if (target.isContentEditable || target.closest('[role="dialog"],[role="alertdialog"],[role="menu"],[role="listbox"]'))
    return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function onKey(event: KeyboardEvent) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Shift" || takesKeys(event.target)) return;
  const now = performance.now();
  const pair = first && now < first.until ? `${first.key} ${event.key}` : undefined;
  first = undefined;
  // The latest to register wins: a panel's Escape before that of the list below it.
  const entry =
    (pair && entries.findLast((candidate) => candidate.keys === pair)) ||
    entries.findLast((candidate) => candidate.keys === event.key);
  if (entry) {
    event.preventDefault();
    entry.run(event);
  } else if (entries.some((candidate) => candidate.keys.startsWith(`${event.key} `))) {
    first = { key: event.key, until: now + 1200 };
  }
}

/**
 * A key that works anywhere on the page while the component is mounted, except where someone is typing.
 * It appears in the list of all keys (`?`). `enabled: false` takes it away.
 */
export function useHotkey(hotkey: Hotkey, run: (event: KeyboardEvent) => void, enabled = true): void {
  const latest = useRef(run);
  useEffect(() => {
    latest.current = run;
  });
  const { keys, label, group } = hotkey;
  // Before the paint: a key can be pressed as soon as what it is for can be seen.
  useLayoutEffect(() => {
    if (!enabled) return;
    const entry: Entry = { keys, label, group, run: (event) => latest.current(event) };
    if (entries.length === 0) window.addEventListener("keydown", onKey);
    entries.push(entry);
    changed();
    return () => {
      entries.splice(entries.indexOf(entry), 1);
      if (entries.length === 0) window.removeEventListener("keydown", onKey);
      changed();
    };
  }, [keys, label, group, enabled]);
}

const none: readonly Hotkey[] = [];

/** Every key that works on this page now, for the list of all keys. */
export function useHotkeyList(): readonly Hotkey[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => shown,
    () => none,
  );
}
