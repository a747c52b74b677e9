"use client";

import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useState } from "react";

/** Up to so many rows are drawn as they are; more are drawn as far as they can be seen. */
const plainLimit = 300;

/**
 * Rows of a body in its box. A box of many rows scrolls by itself and draws only what can be seen, so that a body of
 * a megabyte costs no more than a short one. `rowHeight` is in px; rows may be higher when `measured`.
 * `reveal` is the index of a row to scroll to whenever it changes.
 */
export function Rows({
  count,
  row,
  rowHeight = 20,
  measured = false,
  reveal,
  boxProps,
}: {
  count: number;
  row: (index: number) => ReactNode;
  rowHeight?: number;
  measured?: boolean;
  reveal?: number | undefined;
  boxProps?: React.HTMLAttributes<HTMLDivElement>;
}) {
  // Not a ref: what is in the box is laid out before a ref to the box is set, and would stay empty until the next render.
  const [box, setBox] = useState<HTMLDivElement | null>(null);
  const many = count > plainLimit;
  return (
    <div
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard; callers give the role.
      tabIndex={0}
      {...boxProps}
      ref={setBox}
      className="body-box py-1.5"
      style={many ? { height: "min(70dvh, 640px)" } : undefined}
    >
      {many
        ? box !== null && <SomeRows {...{ box, count, row, rowHeight, measured, reveal }} />
        : Array.from({ length: count }, (_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
            <div key={index} data-index={index}>
              {row(index)}
            </div>
          ))}
    </div>
  );
}

function SomeRows({
  box,
  count,
  row,
  rowHeight,
  measured,
  reveal,
}: {
  box: HTMLDivElement;
  count: number;
  row: (index: number) => ReactNode;
  rowHeight: number;
  measured: boolean;
  reveal: number | undefined;
}) {
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => box,
    estimateSize: () => rowHeight,
    overscan: 12,
  });
  useEffect(() => {
    if (reveal !== undefined) virtual.scrollToIndex(reveal, { align: "auto" });
  }, [reveal, virtual]);
  return (
    <div className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => (
        <div
          key={item.key}
          data-index={item.index}
          ref={measured ? virtual.measureElement : undefined}
          className="absolute inset-x-0 top-0"
          style={{ transform: `translateY(${item.start}px)` }}
        >
          {row(item.index)}
        </div>
      ))}
    </div>
  );
}
