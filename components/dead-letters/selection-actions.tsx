"use client";

import { Forward, RotateCcw, Trash2 } from "lucide-react";
import type { Target } from "@/components/dead-letters/action-dialogs";
import type { DeadLetterActions } from "@/components/dead-letters/use-actions";
import { useForbiddenChange } from "@/components/shell/permission";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/lib/format/numbers";

/** Retry, retry elsewhere and discard for what is selected, each with its exact count. */
export function DeadLetterSelectionActions({
  target,
  actions,
  onRetry,
  onRetryElsewhere,
  onDiscard,
  disabledReason: impossible,
}: {
  target: Target;
  actions: DeadLetterActions;
  /** Asks how, where they are too many to go at once. */
  onRetry?: () => void;
  onRetryElsewhere: (target: Target) => void;
  onDiscard: (target: Target) => void;
  /** Why nothing can be done with this selection, e.g. because it spans virtual hosts. */
  disabledReason?: string | undefined;
}) {
  const count = formatCount(target.count);
  const disabledReason = useForbiddenChange() ?? impossible;
  return (
    <>
      <Button
        icon={<RotateCcw className="icon-14" aria-hidden="true" />}
        busy={actions.busy}
        disabledReason={disabledReason}
        onClick={onRetry ?? (() => void actions.retryNow(target.selection))}
      >
        Retry {count}
        {onRetry && "…"}
      </Button>
      <Button
        icon={<Forward className="icon-14" aria-hidden="true" />}
        disabledReason={disabledReason}
        onClick={() => onRetryElsewhere(target)}
      >
        Retry {count} elsewhere…
      </Button>
      <Button
        variant="danger"
        icon={<Trash2 className="icon-14" aria-hidden="true" />}
        disabledReason={disabledReason}
        onClick={() => onDiscard(target)}
      >
        Discard {count}…
      </Button>
    </>
  );
}
