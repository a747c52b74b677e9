import { cloneElement, type ReactElement } from "react";

/**
 * A hint on hover and focus, shown by Tips. `children` is the one element that it belongs to; it must pass `data-tip`
 * on to its element. Never the only home of a fact: say it to screen readers too, as a name or a description.
 */
export function Tooltip({ content, children }: { content: string; children: ReactElement<{ "data-tip"?: string }> }) {
  return cloneElement(children, { "data-tip": content });
}
