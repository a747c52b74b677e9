import clsx from "clsx";

/** A bar of 8 px where a value will stand; it appears after 200 ms. Tables bring their own. */
export function Skeleton({ width = 80, className }: { width?: number; className?: string }) {
  return (
    <span
      aria-hidden="true"
      className={clsx("inline-block h-2 animate-[after-a-moment_200ms_step-end] rounded-[2px] bg-line", className)}
      style={{ width }}
    />
  );
}
