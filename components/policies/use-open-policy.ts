"use client";

import { parseAsBoolean, parseAsString, useQueryStates } from "nuqs";

const inUrl = { policy: parseAsString, in: parseAsString, add: parseAsBoolean.withDefault(false) };

/** What stands beside the list of policies, kept in the URL: a new one, one of them by name and vhost, or nothing. */
export function useOpenPolicy() {
  const [{ policy, in: vhost, add }, set] = useQueryStates(inUrl, { history: "push" });
  return {
    /** A new one is being written. */
    add,
    /** The one that is open; null where none is. */
    opened: add || policy === null || vhost === null ? null : { vhost, name: policy },
    open: (of: { readonly vhost: string; readonly name: string }) =>
      void set({ policy: of.name, in: of.vhost, add: null }),
    openNew: () => void set({ policy: null, in: null, add: true }),
    close: () => void set({ policy: null, in: null, add: null }),
  };
}
