import clsx from "clsx";

/** States of a queue, of a message, and of a job, in the words that the console uses for them. */
export type StateName =
  | "running"
  | "idle"
  | "flow"
  | "down"
  | "ready"
  | "unacked"
  | "delayed"
  | "dead"
  | "progress"
  | "square";

const tone: Record<StateName, string> = {
  running: "text-ink",
  idle: "text-ink-3",
  flow: "text-warn",
  down: "text-danger font-medium",
  ready: "text-ink",
  unacked: "text-info",
  delayed: "text-ink-2",
  dead: "text-danger",
  progress: "text-accent font-medium",
  square: "text-danger",
};

/**
 * A state as a shape, then the word, then a colour, so that no two states differ by colour alone.
 * `label` replaces the word (a job that is "stopped by itself" has the shape of `dead`);
 * `quiet` leaves the word to screen readers only.
 */
export function StateGlyph({
  state,
  label,
  quiet = false,
  className,
}: {
  state: StateName;
  label?: string;
  quiet?: boolean;
  className?: string;
}) {
  const word = label ?? state;
  return (
    <span className={clsx("inline-flex items-center gap-1.5 whitespace-nowrap", tone[state], className)}>
      <span className={`glyph glyph-${state}`} aria-hidden="true" />
      <span className={quiet ? "sr-only" : undefined}>{word}</span>
    </span>
  );
}
