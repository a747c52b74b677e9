"use client";

import { Menu as Base } from "@base-ui/react/menu";
import clsx from "clsx";
import Link from "next/link";
import type { ReactElement, ReactNode } from "react";
import { Kbd } from "@/components/ui/kbd";

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

/** A button (`trigger`) that opens a menu of actions. Fill it with MenuItem, MenuLink, MenuRule and MenuLabel. */
export function Menu({
  trigger,
  children,
  align = "end",
  side = "bottom",
}: {
  trigger: ReactElement;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
}) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} side={side} sideOffset={4} collisionPadding={8} className="z-(--z-pop)">
          <Base.Popup className={menuPopupClass}>{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

/** One action. `disabledReason` keeps it in its place and says why it can't be done. */
export function MenuItem({
  icon,
  children,
  onSelect,
  keys,
  danger = false,
  disabledReason,
}: {
  icon?: ReactNode;
  children: ReactNode;
  onSelect: () => void;
  /** A key that does the same without the menu. */
  keys?: string;
  danger?: boolean;
  disabledReason?: string | undefined;
}) {
  return (
    <Base.Item
      className={menuItemClass(danger)}
      disabled={disabledReason !== undefined}
      title={disabledReason}
      aria-description={disabledReason}
      onClick={onSelect}
    >
      {icon}
      <span className="clip-text">{children}</span>
      {keys !== undefined && (
        <span className="ml-auto pl-4">
          <Kbd>{keys}</Kbd>
        </span>
      )}
    </Base.Item>
  );
}

/** A line that goes somewhere; opens in a new tab as any link does. */
export function MenuLink({ icon, children, href }: { icon?: ReactNode; children: ReactNode; href: string }) {
  return (
    <Base.LinkItem className={menuItemClass()} render={<Link href={href} />} closeOnClick>
      {icon}
      <span className="clip-text">{children}</span>
    </Base.LinkItem>
  );
}

/** One of a few, the chosen one ticked. */
export function MenuChoice<Value extends string>({
  value,
  onChange,
  options,
}: {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; icon?: ReactNode }[];
}) {
  return (
    <Base.RadioGroup value={value} onValueChange={(next) => onChange(next as Value)}>
      {options.map((option) => (
        <Base.RadioItem
          key={option.value}
          value={option.value}
          closeOnClick
          className={clsx(menuItemClass(), "data-checked:bg-accent-tint data-checked:font-semibold")}
        >
          {option.icon}
          {option.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  );
}

export function MenuRule() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className="px-2 py-1 text-11 text-ink-3">{children}</div>;
}
