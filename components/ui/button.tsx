"use client";

import clsx from "clsx";
import { type ComponentProps, type ReactNode, useId } from "react";
import { Link } from "@/components/ui/link";
import { Tooltip } from "@/components/ui/tooltip";

export type ButtonVariant = "default" | "primary" | "ghost" | "danger" | "danger-solid";

const look: Record<ButtonVariant, string> = {
  default: "border-line-2 bg-raised text-ink hover:bg-hover-raised [&_svg]:text-ink-2",
  primary: "border-accent bg-accent text-on-accent hover:border-accent-hover hover:bg-accent-hover",
  ghost: "border-transparent text-ink hover:bg-hover [&_svg]:text-ink-2",
  danger: "border-danger-line text-danger hover:bg-danger-tint",
  "danger-solid": "border-danger-solid bg-danger-solid text-white hover:brightness-110",
};
const off: Record<ButtonVariant, string> = {
  default: "border-line text-ink-3",
  primary: "border-line text-ink-3",
  ghost: "border-transparent text-ink-3",
  danger: "border-line text-ink-3",
  "danger-solid": "border-danger-line text-ink-3",
};

/** The classes of a button, for links and Base UI triggers that must look like one. */
export function buttonClass(
  options: { variant?: ButtonVariant; size?: "md" | "lg"; disabled?: boolean; icon?: boolean } = {},
): string {
  const { variant = "default", size = "md", disabled = false, icon = false } = options;
  return clsx(
    "inline-flex shrink-0 select-none items-center justify-center gap-1.5 rounded-5 border font-medium whitespace-nowrap",
    icon
      ? "size-7 p-0 phone:size-10"
      : size === "lg"
        ? "h-8 px-3 text-13 phone:h-10"
        : "h-7 px-2.5 text-12 phone:h-10 phone:px-3 phone:text-13",
    disabled ? off[variant] : look[variant],
  );
}

type Common = {
  variant?: ButtonVariant;
  size?: "md" | "lg";
  /** An icon of 14 px from lucide-react, before the words. */
  icon?: ReactNode;
  /** Shows that the action is under way, and takes no second click. The label stays: say "Publishing". */
  busy?: boolean;
  /** Why this can't be done now. The button stays, focusable, and says so; it does nothing. */
  disabledReason?: string | undefined;
};

export type ButtonProps = Common & Omit<ComponentProps<"button">, "disabled">;

/** A button with words. At most one `primary` per page; `danger` is outlined, `danger-solid` only ends a destructive dialog. */
export function Button({
  variant = "default",
  size = "md",
  icon,
  busy = false,
  disabledReason,
  className,
  children,
  onClick,
  type = "button",
  ...rest
}: ButtonProps) {
  const reasonId = useId();
  const blocked = busy || disabledReason !== undefined;
  const button = (
    <button
      {...rest}
      type={blocked ? "button" : type}
      className={clsx(buttonClass({ variant, size, disabled: disabledReason !== undefined }), className)}
      aria-disabled={blocked || undefined}
      aria-busy={busy || undefined}
      aria-describedby={disabledReason !== undefined ? reasonId : rest["aria-describedby"]}
      onClick={blocked ? (event) => event.preventDefault() : onClick}
    >
      {busy ? <span className="glyph glyph-progress" aria-hidden="true" /> : icon}
      {children}
    </button>
  );
  if (disabledReason === undefined) return button;
  return (
    <>
      <Tooltip content={disabledReason}>{button}</Tooltip>
      <span id={reasonId} className="sr-only">
        {disabledReason}
      </span>
    </>
  );
}

/** A link that looks like a button: it goes somewhere, so it can be opened in a tab of its own. */
export function ButtonLink({
  variant = "default",
  size = "md",
  icon,
  className,
  children,
  ...rest
}: Pick<Common, "variant" | "size" | "icon"> & ComponentProps<typeof Link>) {
  return (
    <Link {...rest} className={clsx(buttonClass({ variant, size }), className)}>
      {icon}
      {children}
    </Link>
  );
}

/** A button of one icon; `label` is its name and its tooltip. Not for toolbars of four or more. */
export function IconButton({
  label,
  variant = "ghost",
  disabledReason,
  className,
  children,
  onClick,
  ...rest
}: { label: string } & Pick<Common, "variant" | "disabledReason"> & Omit<ComponentProps<"button">, "disabled">) {
  const blocked = disabledReason !== undefined;
  return (
    <Tooltip content={blocked ? `${label}: ${disabledReason}` : label}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        aria-disabled={blocked || undefined}
        aria-description={disabledReason}
        className={clsx(buttonClass({ variant, icon: true, disabled: blocked }), "text-ink-2", className)}
        onClick={blocked ? (event) => event.preventDefault() : onClick}
      >
        {children}
      </button>
    </Tooltip>
  );
}
