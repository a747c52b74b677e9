import { X } from "lucide-react";
import { VisibleText } from "@/components/ui/visible-text";

/**
 * A term that narrows a list: `name` soft, `value` in ink. With `onRemove` it carries its own ✕.
 * The value is shown as text, whatever it holds, and cut at 240 px.
 */
export function Chip({ name, value, onRemove }: { name?: string; value: string; onRemove?: () => void }) {
  const whole = name === undefined ? value : `${name}:${value}`;
  return (
    <span className="mono inline-flex h-5 max-w-60 shrink-0 items-center rounded-3 bg-accent-tint leading-5 whitespace-nowrap shadow-[inset_0_0_0_1px_var(--color-accent-line)]">
      <span className="clip-text px-1.5" title={whole}>
        {name !== undefined && <span className="text-ink-2">{name}:</span>}
        <VisibleText text={value} />
      </span>
      {onRemove && (
        <button
          type="button"
          aria-label={`Remove ${whole}`}
          onClick={onRemove}
          className="relative grid h-5 place-items-center border-l border-accent-line px-[5px] text-ink-2 before:absolute before:-inset-y-1 before:inset-x-0 hover:text-ink phone:before:-inset-y-2.5"
        >
          <X className="icon-14" aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
