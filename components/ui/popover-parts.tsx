"use client";

import { Popover as Base } from "@base-ui/react/popover";
import clsx from "clsx";
import type { ReactNode } from "react";

/** The open popover: what Popover loads when it is first asked for. */
export function PopoverPopup({
  open,
  onClose,
  anchor,
  title,
  align,
  className,
  children,
}: {
  open: boolean;
  onClose: (byPressOn: EventTarget | null) => void;
  anchor: HTMLElement;
  title: string;
  align: "start" | "center" | "end";
  className: string | undefined;
  children: ReactNode;
}) {
  return (
    <Base.Root
      open={open}
      onOpenChange={(next, details) =>
        !next && onClose(details.reason === "outside-press" ? details.event.target : null)
      }
    >
      <Base.Portal>
        <Base.Positioner anchor={anchor} align={align} sideOffset={4} collisionPadding={8} className="z-(--z-pop)">
          <Base.Popup
            aria-label={title}
            finalFocus={() => anchor}
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
