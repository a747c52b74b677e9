"use client";

import { cloneElement, type ReactElement, type ReactNode, useRef, useState } from "react";
import { late } from "@/components/ui/late";
import type { TriggerProps } from "@/components/ui/menu";
import type * as Parts from "@/components/ui/popover-parts";

const popoverParts = late<typeof Parts>(() => import("@/components/ui/popover-parts"));

/** A button (`trigger`) that opens a small pane. `children` is given the way to close it. For a list of actions use Menu. */
export function Popover({
  trigger,
  title,
  children,
  prepare,
  align = "end",
  className,
}: {
  trigger: ReactElement<TriggerProps>;
  /** Its name for screen readers. */
  title: string;
  children: (close: () => void) => ReactNode;
  /** Fetches what `children` are made of; the pane opens when that is there. */
  prepare?: () => Promise<unknown>;
  align?: "start" | "center" | "end";
  className?: string;
}) {
  const [parts, ask] = popoverParts.use();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLElement>(null);
  const close = () => setOpen(false);
  const show = async () => {
    await Promise.all([ask(), prepare?.()]);
    setOpen(true);
  };
  const fetchSoon = () => {
    void popoverParts.fetch();
    void prepare?.();
  };
  return (
    <>
      {cloneElement(trigger, {
        ref: button,
        "aria-haspopup": "dialog",
        "aria-expanded": open,
        onPointerEnter: fetchSoon,
        onFocus: fetchSoon,
        onClick: () => void (open ? close() : show()),
      })}
      {parts && button.current && (
        <parts.PopoverPopup
          open={open}
          anchor={button.current}
          title={title}
          align={align}
          className={className}
          onClose={(pressed) => {
            // A press on the button itself is followed by its click, which closes.
            if (!(pressed instanceof Node && button.current?.contains(pressed))) close();
          }}
        >
          {children(close)}
        </parts.PopoverPopup>
      )}
    </>
  );
}
