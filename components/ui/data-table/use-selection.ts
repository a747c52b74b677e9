"use client";

import { useMemo, useState } from "react";

export type Selection = {
  /** The ids ticked one by one. */
  ids: ReadonlySet<string>;
  /** Everything that matches is meant, rows that are not loaded included. */
  everything: boolean;
  setIds: (ids: ReadonlySet<string>) => void;
  selectEverything: () => void;
  clear: () => void;
};

const nobody: ReadonlySet<string> = new Set();

/** The selection of one table. Give it to DataTable and to SelectionBar; clear it when the filter changes. */
export function useSelection(): Selection {
  const [state, setState] = useState({ ids: nobody, everything: false });
  return useMemo(
    () => ({
      ...state,
      setIds: (ids) => setState({ ids, everything: false }),
      selectEverything: () => setState((now) => ({ ...now, everything: true })),
      clear: () => setState({ ids: nobody, everything: false }),
    }),
    [state],
  );
}
