"use client";

import { Popover as Base } from "@base-ui/react/popover";
import clsx from "clsx";
import type { ReactElement, ReactNode } from "react";

/** A button (`trigger`) that opens a small pane. For a list of actions use Menu. `PopoverClose` closes it from inside. */
export function Popover({
  trigger,
  title,
  children,
  align = "end",
  className,
  open,
  onOpenChange,
}: {
  trigger: ReactElement;
  /** Its name for screen readers. */
  title: string;
  children: ReactNode;
  align?: "start" | "center" | "end";
  className?: string;
  open?: boolean;
  onOpenChange?: (open: boolean) => void;
}) {
  return (
    <Base.Root {...(open !== undefined && { open })} onOpenChange={(next) => onOpenChange?.(next)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} collisionPadding={8} className="z-(--z-pop)">
          <Base.Popup
            aria-label={title}
            className={clsx(
              "float-in max-h-(--available-height) max-w-[calc(100vw-16px)] overflow-y-auto rounded-8 bg-raised shadow-pop outline-none",
              className,
            )}
          >
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

export const PopoverClose = Base.Close;
