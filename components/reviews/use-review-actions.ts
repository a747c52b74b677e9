"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { decisionWords } from "@/components/reviews/review-words";
import { showDone } from "@/components/ui/toast";
import {
  claimReview,
  commentReview,
  type Decision,
  decideReview,
  type Review,
  releaseReview,
} from "@/lib/api-client/reviews";

/** What can be done with one review; every list that it touches is read again, also after a failure. */
export function useReviewActions(review: Pick<Review, "id">) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const { id } = review;

  const run = async (work: () => Promise<Review>): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
    } finally {
      setBusy(false);
      for (const key of ["reviews", "dead-letters", "dead-letter-groups", "queues", "trash", "timeline"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    }
  };
  const quietly = async (work: () => Promise<Review>): Promise<boolean> => {
    try {
      await run(work);
      return true;
    } catch (error) {
      setFailure(error);
      return false;
    }
  };
  const decideOrThrow = async (decision: Decision) => {
    await run(() => decideReview(id, decision));
    void showDone({ message: `The message is ${decisionWords[decision.decision]}` });
  };
  return {
    busy,
    failure,
    claim: (takeOver: boolean) => quietly(() => claimReview(id, takeOver)),
    release: () => quietly(() => releaseReview(id)),
    comment: (text: string) => quietly(() => commentReview(id, text)),
    decideOrThrow,
    decide: async (decision: Decision) => {
      try {
        await decideOrThrow(decision);
      } catch (error) {
        setFailure(error);
      }
    },
  };
}
