"use client";

import { useEffect, useState } from "react";

type Tip = { text: string; left: number; top: number; above: boolean };

/**
 * Hints of small things that a table has by the thousand: whatever has `data-tip`. One listener and one popup for all,
 * since a tooltip of its own for each would cost more than the table. Such a thing says the same to screen readers
 * itself. Once in the app.
 */
export function Tips() {
  const [tip, setTip] = useState<Tip>();

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over: Element | null = null;
    const hide = () => {
      clearTimeout(timer);
      over = null;
      setTip(undefined);
    };
    const enter = (event: PointerEvent) => {
      const element = event.target instanceof Element ? event.target.closest("[data-tip]") : null;
      if (element === over) return;
      hide();
      over = element;
      const text = element?.getAttribute("data-tip");
      if (!element || !text) return;
      timer = setTimeout(() => {
        const box = element.getBoundingClientRect();
        const above = box.top > 48;
        const left = Math.min(Math.max(box.left + box.width / 2, 150), window.innerWidth - 150);
        setTip({ text, left, top: above ? box.top - 6 : box.bottom + 6, above });
      }, 300);
    };
    document.addEventListener("pointerover", enter);
    document.addEventListener("scroll", hide, { capture: true, passive: true });
    document.addEventListener("keydown", hide);
    return () => {
      hide();
      document.removeEventListener("pointerover", enter);
      document.removeEventListener("scroll", hide, { capture: true });
      document.removeEventListener("keydown", hide);
    };
  }, []);

  if (!tip) return null;
  return (
    <div
      aria-hidden="true"
      style={{ left: tip.left, top: tip.top }}
      className={`pointer-events-none fixed z-(--z-toast) max-w-72 -translate-x-1/2 rounded-5 bg-ink px-2.5 py-2 text-12 break-words text-surface ${tip.above ? "-translate-y-full" : ""}`}
    >
      {tip.text}
    </div>
  );
}
