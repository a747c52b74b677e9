"use client";

import { useEffect, useState } from "react";

type Tip = { text: string; left: number; top: number; above: boolean };

/** Where a hint stands: above its element, or below where there is no room; never beyond the window's edge. */
function place(element: Element, text: string): Tip {
  const box = element.getBoundingClientRect();
  const above = box.top > 56;
  const left = Math.min(Math.max(box.left + box.width / 2, 152), window.innerWidth - 152);
  return { text, left, top: above ? box.top - 6 : box.bottom + 6, above };
}

/**
 * The hints of whatever has `data-tip`, on hover and keyboard focus. One listener and one popup for all, since a
 * tooltip of its own for each badge of a table would cost more than the table. Escape hides it, and the pointer may
 * rest on it. Once on every page.
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
    const show = (element: Element, delay: number) => {
      clearTimeout(timer);
      over = element;
      timer = setTimeout(() => {
        const text = element.getAttribute("data-tip");
        if (text && element.isConnected) setTip(place(element, text));
      }, delay);
    };
    const onPointer = (event: PointerEvent) => {
      if (!(event.target instanceof Element) || event.target.closest("[data-tip-popup]")) return;
      const element = event.target.closest("[data-tip]");
      if (element === over || event.pointerType === "touch") return;
      if (element) {
        hide();
        show(element, 350);
      } else {
        // Time to move the pointer onto the hint.
        clearTimeout(timer);
        over = null;
        timer = setTimeout(hide, 120);
      }
    };
    const onFocus = (event: FocusEvent) => {
      const element =
        event.target instanceof Element && event.target.matches(":focus-visible") && event.target.closest("[data-tip]");
      if (element) show(element, 0);
      else hide();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key === "Escape") hide();
    };
    document.addEventListener("pointerover", onPointer);
    document.addEventListener("pointerdown", hide);
    document.addEventListener("focusin", onFocus);
    document.addEventListener("keydown", onKey, true);
    document.addEventListener("scroll", hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      document.removeEventListener("pointerover", onPointer);
      document.removeEventListener("pointerdown", hide);
      document.removeEventListener("focusin", onFocus);
      document.removeEventListener("keydown", onKey, true);
      document.removeEventListener("scroll", hide, { capture: true });
    };
  }, []);

  if (!tip) return null;
  return (
    <div
      aria-hidden="true"
      data-tip-popup=""
      style={{ left: tip.left, top: tip.top }}
      className={`fixed z-(--z-toast) w-max max-w-72 -translate-x-1/2 rounded-5 bg-ink px-2.5 py-2 text-12 break-words text-surface ${tip.above ? "-translate-y-full" : ""}`}
    >
      {tip.text}
    </div>
  );
}
