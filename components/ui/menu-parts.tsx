"use client";

import { Menu as Base } from "@base-ui/react/menu";
import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";
import { Kbd } from "@/components/ui/kbd";
import { Link } from "@/components/ui/link";
import { menuItemClass, menuPopupClass } from "@/components/ui/menu-classes";

/** The open menu: what Menu loads when it is first asked for. */
export function MenuPopup({
  open,
  onClose,
  anchor,
  children,
  align,
  side,
}: {
  open: boolean;
  onClose: (byPressOn: EventTarget | null) => void;
  anchor: NonNullable<ComponentProps<typeof Base.Positioner>["anchor"]>;
  children: ReactNode;
  align: "start" | "center" | "end";
  side: "top" | "bottom";
}) {
  return (
    <Base.Root
      open={open}
      modal={false}
      onOpenChange={(next, details) =>
        !next && onClose(details.reason === "outside-press" ? details.event.target : null)
      }
    >
      <Base.Portal>
        <Base.Positioner
          anchor={anchor}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          className="z-(--z-pop)"
        >
          <Base.Popup
            className={menuPopupClass}
            // There is no trigger of Base UI's own to go back to.
            finalFocus={() => (anchor instanceof HTMLElement ? anchor : null)}
          >
            {children}
          </Base.Popup>
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

/** A line between groups of a menu. */
export function MenuRule() {
  return <Base.Separator className="-mx-1 my-1 h-px bg-line" />;
}

/** What the group of a menu is called. */
export function MenuLabel({ children }: { children: ReactNode }) {
  return <div className="px-2 py-1 text-11 text-ink-3">{children}</div>;
}
