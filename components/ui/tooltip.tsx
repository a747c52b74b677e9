"use client";

import { Tooltip as Base } from "@base-ui/react/tooltip";
import type { ReactElement, ReactNode } from "react";

/** Shared by every tooltip: the second one in a row opens at once. Put it once around the app. */
export const TooltipProvider = Base.Provider;

/**
 * A hint on hover and focus. `children` is the one element that it belongs to; it must take a ref and be
 * focusable, or people who use the keyboard can't read the hint. Never the only home of a fact.
 */
export function Tooltip({
  content,
  children,
  side = "top",
}: {
  content: ReactNode;
  children: ReactElement;
  side?: "top" | "bottom" | "left" | "right";
}) {
  return (
    <Base.Root>
      <Base.Trigger render={children} closeOnClick={false} delay={400} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} className="z-(--z-toast)">
          <Base.Popup className="float-in max-w-72 rounded-5 bg-ink px-2.5 py-2 text-12 text-surface">
            {content}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
