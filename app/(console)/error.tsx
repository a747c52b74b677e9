"use client";

import { ErrorState } from "@/components/ui/error-state";

/** A page that broke while it was drawn: the frame around it stays. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return <ErrorState title="This page broke while it was drawn." error={error} onRetry={reset} />;
}
