"use client";

import { type KeyboardEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import type { Item } from "@/components/ui/data-table/model";
import type { Selection } from "@/components/ui/data-table/use-selection";
import { useHotkey } from "@/components/ui/hotkeys";

const group = "In a list";

/**
 * The keyboard of a table, which is one tab stop: a cursor walks over the rows (j k, arrows, Home, End, pages),
 * x selects (with Shift a range), Enter opens, Escape clears the selection, then closes the panel.
 * While a row is open, walking opens the next.
 */
export function useGridKeys<Row>(options: {
  items: readonly Item<Row>[];
  openIndex: number;
  selection: Selection | undefined;
  primary: boolean;
  onOpen: ((row: Row) => void) | undefined;
  onClose: (() => void) | undefined;
  reveal: (index: number) => void;
  scroller: RefObject<HTMLElement | null>;
}) {
  const { items, openIndex, selection, primary, onOpen, onClose, reveal, scroller } = options;
  const ref = useRef<HTMLTableElement>(null);
  const [cursorId, setCursorId] = useState<string>();
  const [byKeyboard, setByKeyboard] = useState(true);
  const anchor = useRef(-1);

  const known = cursorId === undefined ? -1 : items.findIndex((item) => item.id === cursorId);
  const cursor = known >= 0 ? known : openIndex;

  useEffect(() => {
    const id = items[openIndex]?.id;
    if (id !== undefined) setCursorId(id);
  }, [items, openIndex]);

  const moveTo = useCallback((index: number) => setCursorId(items[index]?.id), [items]);

  const toggle = useCallback(
    (index: number, range: boolean) => {
      const item = items[index];
      if (!selection || !item) return;
      const ids = new Set(selection.everything ? items.map((each) => each.id) : selection.ids);
      if (range && anchor.current >= 0) {
        const [from, to] = anchor.current < index ? [anchor.current, index] : [index, anchor.current];
        for (const each of items.slice(from, to + 1)) ids.add(each.id);
      } else if (!ids.delete(item.id)) ids.add(item.id);
      anchor.current = index;
      setCursorId(item.id);
      selection.setIds(ids);
    },
    [items, selection],
  );

  const walk = (to: number, extend: boolean) => {
    const index = Math.max(0, Math.min(items.length - 1, to));
    const item = items[index];
    if (!item) return;
    if (extend && selection) {
      if (anchor.current < 0) anchor.current = Math.max(0, cursor);
      toggle(index, true);
    }
    setByKeyboard(true);
    setCursorId(item.id);
    reveal(index);
    if (openIndex >= 0 && onOpen) onOpen(item.row);
  };
  const page = () => Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / 36) - 2);

  const toHead = () => {
    const head =
      ref.current?.querySelector<HTMLElement>("[data-sorted]") ??
      ref.current?.querySelector<HTMLElement>("[data-head]");
    head?.focus();
  };
  const open = () => {
    const item = items[cursor];
    if (item) onOpen?.(item.row);
  };

  /** What a key does in the grid, if anything. */
  const stepFor = ({ key, shiftKey }: { key: string; shiftKey: boolean }): (() => void) | undefined => {
    switch (key) {
      case "j":
      case "J":
      case "ArrowDown":
        return () => walk(cursor + 1, shiftKey);
      case "ArrowUp":
        if (cursor <= 0 && !shiftKey) return toHead;
        return () => walk(cursor - 1, shiftKey);
      case "k":
      case "K":
        return () => walk(cursor - 1, shiftKey);
      case "Home":
        return () => walk(0, shiftKey);
      case "End":
        return () => walk(items.length - 1, shiftKey);
      case "PageDown":
        return () => walk(cursor + page(), shiftKey);
      case "PageUp":
        return () => walk(cursor - page(), shiftKey);
      case "x":
      case "X":
      case " ":
        return selection && (() => toggle(cursor, shiftKey));
      case "Enter":
        return onOpen && open;
      case "Escape":
        if (selection && (selection.everything || selection.ids.size > 0)) return selection.clear;
        return openIndex >= 0 ? onClose : undefined;
      default:
        return undefined;
    }
  };

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const inHead = (event.target as HTMLElement).closest("thead") !== null;
    if (inHead) {
      if (event.key !== "ArrowDown") return;
      ref.current?.focus();
      walk(Math.max(cursor, 0), false);
      event.preventDefault();
      return;
    }
    const step = stepFor(event);
    if (!step) return;
    setByKeyboard(true);
    step();
    event.preventDefault();
  };

  // The page's own list takes these keys from anywhere, and the focus with them unless a panel is open.
  const fromPage = (step: () => void) => () => {
    if (openIndex < 0) ref.current?.focus({ preventScroll: true });
    step();
  };
  const on = primary && items.length > 0;
  useHotkey(
    { keys: "j", label: "Next row", group },
    fromPage(() => walk(cursor + 1, false)),
    on,
  );
  useHotkey(
    { keys: "k", label: "Row before", group },
    fromPage(() => walk(cursor - 1, false)),
    on,
  );
  useHotkey(
    { keys: "x", label: "Select the row, with Shift a range", group },
    fromPage(() => toggle(cursor, false)),
    on && selection !== undefined,
  );
  useHotkey({ keys: "Enter", label: "Open the row", group }, open, on && onOpen !== undefined && cursor >= 0);

  return {
    ref,
    cursor,
    byKeyboard,
    moveTo,
    toggle,
    onKeyDown,
    onPointerDown: () => setByKeyboard(false),
    onFocus: () => {
      if (cursor < 0 && items[0]) setCursorId(items[0].id);
    },
  };
}
