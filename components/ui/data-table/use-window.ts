"use client";

import { type RefObject, useCallback, useEffect, useState } from "react";

/** Rows drawn above and below what can be seen, so that scrolling shows no gap. */
const beyond = 8;
/** The head stands in the scroller, above the rows, and stays over them: this much of it is not for rows, in px. */
const headHeight = 32;
/** What is drawn before the pane is measured: a tall screen of the lowest rows. */
const beforeMeasured: Range = { first: 0, end: 40 };

interface Range {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** The part of a list that can be seen: which rows to draw, and how much room the others take above and below, in px. */
export interface ListWindow extends Range {
  readonly before: number;
  readonly after: number;
  /** Scrolls as far as needed to see a row. */
  reveal: (index: number) => void;
}

/** Rows that are `height` px high, all of them, in a pane that scrolls: only those that can be seen are drawn. */
export function useWindow(scroller: RefObject<HTMLElement | null>, count: number, height: number): ListWindow {
  const [range, setRange] = useState(beforeMeasured);

  useEffect(() => {
    const pane = scroller.current;
    if (!pane) return;
    const look = () => {
      const first = Math.max(0, Math.floor(pane.scrollTop / height) - beyond);
      const end = Math.ceil((pane.scrollTop + pane.clientHeight) / height) + beyond;
      setRange((now) => (now.first === first && now.end === end ? now : { first, end }));
    };
    const resized = new ResizeObserver(look);
    resized.observe(pane);
    pane.addEventListener("scroll", look, { passive: true });
    return () => {
      resized.disconnect();
      pane.removeEventListener("scroll", look);
    };
  }, [scroller, height]);

  const reveal = useCallback(
    (index: number) => {
      const pane = scroller.current;
      if (!pane) return;
      const top = index * height;
      const bottom = headHeight + top + height;
      if (top < pane.scrollTop) pane.scrollTo({ top });
      else if (bottom > pane.scrollTop + pane.clientHeight) pane.scrollTo({ top: bottom - pane.clientHeight });
    },
    [scroller, height],
  );

  const end = Math.min(range.end, count);
  const first = Math.min(range.first, end);
  return { first, end, before: first * height, after: (count - end) * height, reveal };
}
