"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { NavigationList } from "@/components/shell/navigation";
import { Mark } from "@/components/ui/mark";

/** The navigation on a phone. */
export default function Drawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-(--z-dialog) bg-veil" />
        <Base.Popup
          aria-label="Pages"
          className="fixed inset-y-0 left-0 z-(--z-dialog) w-64 bg-bg shadow-dialog outline-none transition-transform duration-[120ms] data-ending-style:-translate-x-full data-starting-style:-translate-x-full"
        >
          <div className="flex h-12 items-center gap-2 px-4 text-16 font-semibold">
            <Mark className="size-5 text-accent" />
            Warren
          </div>
          <NavigationList drawer onGo={onClose} />
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
