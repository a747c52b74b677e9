"use client";

import { ArrowLeft, X } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef } from "react";
import { IconButton } from "@/components/ui/button";
import { useHotkey } from "@/components/ui/hotkeys";
import { useMedia, usePhone } from "@/components/ui/media";
import { useRemembered } from "@/components/ui/remembered";

const least = 340;
/** What the list keeps when the panel is dragged wide. */
const listLeast = 320;

/**
 * A list and what is open from it. From 1024 px they stand side by side, the edge can be dragged (or moved with
 * the arrow keys) and its place is remembered; from 641 the panel covers the list from the right; on a phone it
 * is the screen. Escape closes it and the focus goes back to the row.
 */
export function SplitView({
  name,
  children,
  panel,
  panelLabel,
  onClose,
  width = 580,
}: {
  /** Names the remembered width. */
  name: string;
  children: ReactNode;
  /** The open thing, or null. */
  panel: ReactNode | null;
  panelLabel: string;
  onClose: () => void;
  /** The first width in pixels. */
  width?: number;
}) {
  const wide = useMedia("(width >= 1024px)");
  const [kept, setKept] = useRemembered(`panel.${name}`, width);
  const box = useRef<HTMLDivElement>(null);
  const open = panel !== null && panel !== undefined;
  const wasOpen = useRef(open);

  useHotkey({ keys: "Escape", label: "Close the panel", group: "In a list" }, onClose, open);
  useEffect(() => {
    if (wasOpen.current && !open && (document.activeElement === null || document.activeElement === document.body))
      box.current?.querySelector<HTMLElement>('[role="grid"]')?.focus({ preventScroll: true });
    wasOpen.current = open;
  }, [open]);

  const most = () => Math.max(least, (box.current?.clientWidth ?? 1200) - listLeast);
  const resize = (to: number) => setKept(Math.round(Math.min(most(), Math.max(least, to))));
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const right = box.current?.getBoundingClientRect().right ?? 0;
    resize(right - event.clientX);
  };
  const nudge = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.shiftKey ? 80 : 16;
    if (event.key === "ArrowLeft") resize(kept + step);
    else if (event.key === "ArrowRight") resize(kept - step);
    else return;
    event.preventDefault();
  };

  return (
    <div ref={box} className="relative flex min-h-0 min-w-0 flex-1">
      <div className="flex min-h-0 min-w-0 flex-1 flex-col">{children}</div>
      {open && (
        <section
          aria-label={panelLabel}
          style={wide ? { width: `min(${kept}px, calc(100% - ${listLeast}px))` } : undefined}
          className="flex min-h-0 flex-col bg-surface wide:relative wide:shrink-0 wide:border-l wide:border-line narrow:absolute narrow:inset-y-0 narrow:right-0 narrow:z-(--z-side) middle:w-[min(600px,calc(100%-56px))] middle:shadow-pop phone:left-0"
        >
          {wide && (
            // biome-ignore lint/a11y/useSemanticElements: a separator that moves is no <hr>.
            <div
              role="separator"
              aria-orientation="vertical"
              aria-label="Width of the panel"
              aria-valuenow={kept}
              aria-valuemin={least}
              tabIndex={0}
              onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
              onPointerMove={drag}
              onKeyDown={nudge}
              onDoubleClick={() => setKept(width)}
              className="absolute inset-y-0 -left-1 z-(--z-side) w-2 cursor-col-resize touch-none hover:bg-accent-line/40 focus-visible:bg-accent-line/40"
            />
          )}
          {panel}
        </section>
      )}
    </div>
  );
}

/** The head of a panel: back (on a phone), state and name, the actions, close. */
export function PanelHead({
  children,
  actions,
  onClose,
}: {
  children: ReactNode;
  actions?: ReactNode;
  onClose: () => void;
}) {
  const phone = usePhone();
  return (
    <header className="flex min-h-11 shrink-0 flex-wrap items-center gap-2 border-b border-line py-1.5 pr-2 pl-4 phone:pl-1">
      {phone && (
        <IconButton label="Back to the list" onClick={onClose}>
          <ArrowLeft className="icon-16" aria-hidden="true" />
        </IconButton>
      )}
      <div className="flex min-w-0 flex-1 items-center gap-3">{children}</div>
      <div className="flex shrink-0 items-center gap-2">
        {actions}
        {!phone && (
          <IconButton label="Close" onClick={onClose}>
            <X className="icon-16" aria-hidden="true" />
          </IconButton>
        )}
      </div>
    </header>
  );
}
