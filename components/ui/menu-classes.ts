import clsx from "clsx";

export const menuPopupClass =
  "float-in min-w-48 max-w-[min(360px,calc(100vw-16px))] max-h-(--available-height) overflow-y-auto rounded-8 bg-raised p-1 shadow-pop outline-none";

/** The classes of one line in a menu, a list of choices or the palette. */
export function menuItemClass(danger = false): string {
  return clsx(
    "flex min-h-7 w-full cursor-default items-center gap-2 rounded-5 px-2 text-left text-13 whitespace-nowrap outline-none select-none phone:min-h-10",
    "data-highlighted:bg-hover-raised data-disabled:text-ink-3",
    danger ? "text-danger" : "text-ink [&_svg]:text-ink-3",
  );
}
