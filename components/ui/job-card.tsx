import clsx from "clsx";
import { Check, ShieldCheck } from "lucide-react";
import type { CSSProperties, ReactNode } from "react";
import { Meter } from "@/components/ui/meter";
import { StateGlyph } from "@/components/ui/state-glyph";
import { Tag } from "@/components/ui/tag";
import { formatCount } from "@/lib/format/numbers";

export type JobState = "running" | "paused" | "stopped" | "done" | "cancelled";
export type JobStep = {
  /** "1", "10", "100", "all" */
  name: string;
  note: ReactNode;
  state: "done" | "doing" | "stopped" | "todo";
  /** How far a step under way is, 0 to 1. */
  share?: number;
};

function State({ state }: { state: JobState }) {
  if (state === "running") return <StateGlyph state="progress" label="running" />;
  if (state === "paused") return <StateGlyph state="flow" label="paused" />;
  if (state === "stopped") return <StateGlyph state="dead" label="stopped by itself" />;
  if (state === "cancelled") return <StateGlyph state="idle" label="cancelled" />;
  return (
    <Tag tone="ok" icon={<Check className="icon-14" aria-hidden="true" />}>
      done
    </Tag>
  );
}

/**
 * A long operation: its steps, a meter, and the sentence that adds up. It stays until it is dismissed.
 * `done` + `failed` + `skipped` + `left` must be `total`; the words come from the caller ("retried", "failed again").
 */
export function JobCard({
  state,
  title,
  note,
  steps = [],
  done,
  failed = 0,
  skipped = 0,
  left,
  total,
  words,
  estimate,
  guard,
  actions,
}: {
  state: JobState;
  title: ReactNode;
  note?: ReactNode;
  steps?: readonly JobStep[];
  done: number;
  failed?: number;
  /** What was gone before the job came to it. */
  skipped?: number;
  left: number;
  total: number;
  words: { done: string; failed?: string; left: string };
  /** "about 1 min 36 s left" */
  estimate?: ReactNode;
  /** What will stop it. */
  guard?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <section
      aria-label={typeof title === "string" ? title : "Job"}
      className={clsx("rounded-8 border bg-raised px-3 pt-2 pb-2.5", {
        "border-accent-line": state === "running" || state === "paused",
        "border-danger-line": state === "stopped",
        "border-line-2": state === "done" || state === "cancelled",
      })}
    >
      <header className="mb-2 flex flex-wrap items-center gap-x-2 gap-y-1">
        <State state={state} />
        <h3 className="font-semibold">{title}</h3>
        {note !== undefined && <span className="clip-text text-ink-3">{note}</span>}
        {actions !== undefined && <div className="ml-auto flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {steps.length > 0 && (
        <ol
          className="steps mb-2 grid"
          style={{ gridTemplateColumns: steps.map((_, at) => (at < 2 ? "1fr" : "1.5fr")).join(" ") }}
        >
          {steps.map((step) => (
            <li
              key={step.name}
              className={step.state}
              style={{ "--share": step.state === "done" ? 1 : (step.share ?? 0) } as CSSProperties}
            >
              <b>{step.name}</b>
              <span>{step.note}</span>
            </li>
          ))}
        </ol>
      )}
      <Meter
        done={done + skipped}
        failed={failed}
        total={total}
        label={typeof title === "string" ? title : "Progress"}
      />
      <p className="mt-2 text-12 text-ink-2">
        {estimate !== undefined && <span className="float-right pl-3 text-ink-3">{estimate}</span>}
        <Part count={done} word={words.done} />
        {words.failed !== undefined && (
          <>
            <Sign>+</Sign>
            <Part count={failed} word={words.failed} danger={failed > 0} />
          </>
        )}
        {skipped > 0 && (
          <>
            <Sign>+</Sign>
            <Part count={skipped} word="skipped" />
          </>
        )}
        <Sign>+</Sign>
        <Part count={left} word={words.left} />
        <Sign>=</Sign>
        <Part count={total} word="at the start" />
      </p>
      {guard !== undefined && (
        <p className="mt-1 flex items-center gap-1.5 text-12 text-ink-3">
          <ShieldCheck className="icon-14" aria-hidden="true" />
          {guard}
        </p>
      )}
    </section>
  );
}

function Part({ count, word, danger = false }: { count: number; word: string; danger?: boolean }) {
  return (
    <span className="whitespace-nowrap">
      <b className={clsx("text-13 font-semibold", danger ? "text-danger" : "text-ink")}>{formatCount(count)}</b> {word}
    </span>
  );
}

function Sign({ children }: { children: string }) {
  return <span className="px-1.5 text-ink-3">{children}</span>;
}
