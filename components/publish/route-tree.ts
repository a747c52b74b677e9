import type { BindingVerdict, RoutePreview, RouteStep } from "@/lib/api-client/publish";

/** A binding that matches, and the exchange behind it with its own matches, if it leads to one. */
export interface Hit {
  readonly verdict: BindingVerdict;
  /** The queue has been reached by a binding above: it gets one copy all the same. */
  readonly again: boolean;
  readonly next: Way | null;
}

/** An exchange on the way, with what matches there. */
export interface Way {
  readonly step: RouteStep;
  readonly hits: readonly Hit[];
  /** The alternate exchange that takes it because nothing matched. */
  readonly alternate: Way | null;
}

export interface Miss {
  readonly verdict: BindingVerdict;
  /** The exchange, where it isn't the one that is published to. */
  readonly exchange: string | null;
}

export interface RouteTree {
  readonly root: Way | null;
  readonly misses: readonly Miss[];
  readonly matching: number;
  readonly bindings: number;
}

/** The way of a message as a tree: each exchange is drawn where it is first reached. */
export function routeTree(preview: RoutePreview): RouteTree {
  const steps = new Map(preview.steps.map((step) => [step.exchange, step]));
  const reached = new Set<string>();
  const alternates = preview.steps.filter((step) => step.via === "alternate");
  const wayOf = (step: RouteStep): Way => {
    const hits = step.verdicts
      .filter((verdict) => verdict.matches)
      .map((verdict): Hit => {
        const { destination, destination_type } = verdict.binding;
        const place = `${destination_type} ${destination}`;
        const again = reached.has(place);
        reached.add(place);
        const next = destination_type === "exchange" && !again ? steps.get(destination) : undefined;
        return { verdict, again, next: next ? wayOf(next) : null };
      });
    const alternate = hits.length === 0 ? alternates.shift() : undefined;
    return { step, hits, alternate: alternate ? wayOf(alternate) : null };
  };
  const first = preview.steps[0];
  const root = first ? wayOf(first) : null;
  const misses = preview.steps.flatMap((step) =>
    step.verdicts
      .filter((verdict) => !verdict.matches)
      .map((verdict) => ({ verdict, exchange: step === first ? null : step.exchange })),
  );
  const bindings = preview.steps.reduce((sum, step) => sum + step.verdicts.length, 0);
  return { root, misses, matching: bindings - misses.length, bindings };
}
