"use client";

import { useQueryClient } from "@tanstack/react-query";
import { Archive, RotateCcw } from "lucide-react";
import { useState } from "react";
import { showDone } from "@/components/ui/toast";
import {
  type DeadLetterSelection,
  type Destination,
  discardDeadLetters,
  retryDeadLetters,
} from "@/lib/api-client/dead-letters";
import type { BulkResult } from "@/lib/api-client/messages";
import { restoreTrash } from "@/lib/api-client/trash";
import { formatNoun } from "@/lib/format/numbers";

/** What an action left untouched, to be said where it was started. */
export interface Outcome {
  readonly verb: "retried" | "discarded";
  readonly result: BulkResult;
}

export interface DeadLetterActions {
  readonly retry: (selection: DeadLetterSelection, to?: Destination) => Promise<BulkResult>;
  readonly discard: (selection: DeadLetterSelection) => Promise<BulkResult>;
  /** A retry without a dialog of its own: its error is kept in `failure`. */
  readonly retryNow: (selection: DeadLetterSelection) => Promise<void>;
  readonly busy: boolean;
  readonly failure: unknown;
  /** The last action, if it left some untouched. */
  readonly outcome: Outcome | null;
  readonly dismiss: () => void;
}

/**
 * Retrying and discarding in one vhost: says what was done with its exact count, offers undo where there is one,
 * keeps what was skipped with its reasons, and has every list read again.
 * @param onDone called when something was done, e.g. to clear the selection
 */
export function useDeadLetterActions(vhost: string, onDone?: () => void): DeadLetterActions {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [outcome, setOutcome] = useState<Outcome | null>(null);

  const refresh = () =>
    Promise.all(
      ["dead-letters", "messages", "trash", "queues", "overview"].map((key) =>
        client.invalidateQueries({ queryKey: [key] }),
      ),
    );
  const settle = (verb: Outcome["verb"], result: BulkResult) => {
    setOutcome(result.skipped_count > 0 ? { verb, result } : null);
    setFailure(null);
    onDone?.();
    void refresh();
  };

  const retry = async (selection: DeadLetterSelection, to?: Destination) => {
    const result = await retryDeadLetters(vhost, selection, to);
    if (result.done > 0) {
      showDone({
        icon: <RotateCcw className="icon-14" aria-hidden="true" />,
        message: `${formatNoun(result.done, "message")} sent ${to ? `to ${placeOf(to)}` : `back to ${result.done === 1 ? "its queue" : "their queues"}`}`,
      });
    }
    settle("retried", result);
    return result;
  };
  const discard = async (selection: DeadLetterSelection) => {
    const result = await discardDeadLetters(vhost, selection);
    const { trash } = result;
    if (result.done > 0) {
      showDone({
        icon: <Archive className="icon-14" aria-hidden="true" />,
        message: `${formatNoun(result.done, "dead letter")} ${result.done === 1 ? "is" : "are"} in the trash`,
        ...(trash !== null && { undo: () => restoreTrash(trash).then(refresh) }),
      });
    }
    settle("discarded", result);
    return result;
  };
  const retryNow = async (selection: DeadLetterSelection) => {
    setBusy(true);
    try {
      await retry(selection);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const dismiss = () => {
    setOutcome(null);
    setFailure(null);
  };
  return { retry, discard, retryNow, busy, failure, outcome, dismiss };
}

/** Where a destination leads, in words. */
function placeOf(to: Destination): string {
  return to.exchange === ""
    ? to.routing_key
    : `${to.exchange} with key ${to.routing_key === "" ? "(empty)" : to.routing_key}`;
}
