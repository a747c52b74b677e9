"use client";

import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** In place of the rows when the filter leaves none: what there is none of, and the way back. */
export function NothingMatches({ onClear, children }: { onClear: () => void; children: ReactNode }) {
  return (
    <EmptyState title="Nothing matches" actions={<Button onClick={onClear}>Clear the filter</Button>}>
      {children}
    </EmptyState>
  );
}
