import clsx from "clsx";
import type { ReactNode } from "react";

/** A sentence set apart, with an icon of 14 px: what stays, what it costs, what went wrong. */
export function Note({
  tone = "neutral",
  icon,
  children,
  role,
}: {
  tone?: "neutral" | "warn" | "danger" | "ok";
  icon?: ReactNode;
  children: ReactNode;
  /** `alert` if it appears as the answer to something that the reader did. */
  role?: "alert" | "status";
}) {
  return (
    <div
      role={role}
      className={clsx("flex gap-2 rounded-5 px-3 py-2 text-12 [&>svg]:icon-14 [&>svg]:mt-px", {
        "bg-sunken text-ink-2": tone === "neutral",
        "bg-warn-tint text-ink [&>svg]:text-warn": tone === "warn",
        "bg-danger-tint text-ink [&>svg]:text-danger": tone === "danger",
        "bg-ok-tint text-ink [&>svg]:text-ok": tone === "ok",
      })}
    >
      {icon}
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
