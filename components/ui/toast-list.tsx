"use client";

import { Undo2, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Toaster as Sonner, toast } from "sonner";
import { Button, IconButton } from "@/components/ui/button";
import { describeError } from "@/components/ui/error-state";
import { useHotkey } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";
import type { Done } from "@/components/ui/toast";

/** Shows one toast; the list that it appears in is ToastList. */
export function addToast(done: Done): void {
  toast.custom((id) => <Card {...done} close={() => toast.dismiss(id)} />, { duration: Number.POSITIVE_INFINITY });
}

/** Where toasts appear: one above the other, never one upon the other, so that each can be read and undone. */
export function ToastList() {
  return (
    <Sonner expand position="bottom-right" offset={16} mobileOffset={12} style={{ zIndex: "var(--z-toast)" }} gap={8} />
  );
}

function Card({ message, icon, undo, close }: Done & { close: () => void }) {
  const [held, setHeld] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const left = useRef(undo ? 10_000 : 5_000);
  const closing = useRef(close);

  useEffect(() => {
    if (held || busy || error !== undefined) return;
    const began = performance.now();
    const timer = setTimeout(() => closing.current(), left.current);
    return () => {
      clearTimeout(timer);
      left.current = Math.max(1000, left.current - (performance.now() - began));
    };
  }, [held, busy, error]);

  const takeBack = async () => {
    if (!undo || busy) return;
    setBusy(true);
    try {
      await undo();
      close();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  useHotkey({ keys: "z", label: "Undo what was just done", group: "Everywhere" }, takeBack, undo !== undefined);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: being looked at is not an action.
    <div
      className="flex min-h-11 w-[min(480px,calc(100vw-24px))] items-center gap-3 rounded-8 bg-raised py-2 pr-2 pl-4 font-sans text-13 text-ink shadow-pop"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      {icon && <span className="text-ink-2">{icon}</span>}
      <span className="min-w-0 flex-1 break-words">
        {error === undefined ? (
          message
        ) : (
          <span className="text-danger">Not undone. {describeError(error).sentence}</span>
        )}
      </span>
      {undo && (
        <Button icon={<Undo2 className="icon-14" aria-hidden="true" />} busy={busy} onClick={takeBack}>
          Undo <Kbd>z</Kbd>
        </Button>
      )}
      <IconButton label="Dismiss" onClick={close}>
        <X className="icon-14" aria-hidden="true" />
      </IconButton>
    </div>
  );
}
