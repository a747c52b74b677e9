"use client";

import {
  type ComponentProps,
  cloneElement,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type Ref,
  useRef,
  useState,
} from "react";
import { late } from "@/components/ui/late";
import type * as Parts from "@/components/ui/menu-parts";

/** The menu itself and what stands in it come when a menu is first pointed at, focused or opened. */
export const menuParts = late<typeof Parts>(() => import("@/components/ui/menu-parts"));

export type TriggerProps = {
  ref?: Ref<HTMLElement>;
  onClick?: (event: MouseEvent<HTMLElement>) => void;
  onKeyDown?: (event: KeyboardEvent<HTMLElement>) => void;
  onPointerEnter?: () => void;
  onFocus?: () => void;
  "aria-haspopup"?: "menu" | "dialog";
  "aria-expanded"?: boolean;
};

/** A button (`trigger`) that opens a menu of actions. Fill it with MenuItem, MenuLink, MenuChoice, MenuRule, MenuLabel. */
export function Menu({
  trigger,
  children,
  align = "end",
  side = "bottom",
}: {
  /** A button, or a part that gives `ref`, `onClick` and the like on to one. */
  trigger: ReactElement<TriggerProps>;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
}) {
  const [parts, ask] = menuParts.use();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLElement>(null);
  const show = async () => {
    await ask();
    setOpen(true);
  };
  const opener = cloneElement(trigger, {
    ref: button,
    "aria-haspopup": "menu",
    "aria-expanded": open,
    onPointerEnter: () => void menuParts.fetch(),
    onFocus: () => void menuParts.fetch(),
    onClick: () => void (open ? setOpen(false) : show()),
    onKeyDown: (event) => {
      if (event.key !== "ArrowDown" || open) return;
      event.preventDefault();
      void show();
    },
  });
  return (
    <>
      {opener}
      {parts && button.current && (
        <parts.MenuPopup
          open={open}
          anchor={button.current}
          align={align}
          side={side}
          onClose={(pressed) => {
            // A press on the button itself is followed by its click, which closes.
            if (!(pressed instanceof Node && button.current?.contains(pressed))) setOpen(false);
          }}
        >
          {children}
        </parts.MenuPopup>
      )}
    </>
  );
}

/** One action. `disabledReason` keeps it in its place and says why it can't be done. */
export function MenuItem(props: ComponentProps<typeof Parts.MenuItem>) {
  const parts = menuParts.get();
  return parts && <parts.MenuItem {...props} />;
}

/** A line that goes somewhere; opens in a new tab as any link does. */
export function MenuLink(props: ComponentProps<typeof Parts.MenuLink>) {
  const parts = menuParts.get();
  return parts && <parts.MenuLink {...props} />;
}

/** One of a few, the chosen one ticked. */
export function MenuChoice<Value extends string>(props: {
  value: Value;
  onChange: (value: Value) => void;
  options: readonly { value: Value; label: ReactNode; icon?: ReactNode }[];
}) {
  const parts = menuParts.get();
  return parts && <parts.MenuChoice {...props} />;
}

/** A line between groups of a menu. */
export function MenuRule() {
  const parts = menuParts.get();
  return parts && <parts.MenuRule />;
}

/** What the group of a menu is called. */
export function MenuLabel({ children }: { children: ReactNode }) {
  const parts = menuParts.get();
  return parts && <parts.MenuLabel>{children}</parts.MenuLabel>;
}
