"use client";

import { useQuery } from "@tanstack/react-query";
import { whoamiQuery } from "@/lib/api-client/session";

/**
 * Why this person may not change anything, for the `disabledReason` of a button; undefined where they may, and as long
 * as it isn't known. The server decides: this only says so before it is tried.
 */
export function useForbiddenChange(): string | undefined {
  const { data } = useQuery(whoamiQuery());
  if (data === undefined || data.may.change) return undefined;
  return "You may look but not change. Ask an administrator for the tag management";
}

/** The same for what only administrators may. */
export function useForbiddenAdministration(): string | undefined {
  const { data } = useQuery(whoamiQuery());
  if (data === undefined || data.may.administer) return undefined;
  return "This needs the tag administrator";
}

/** The same for policies, and for error policies and whom they tell. */
export function useForbiddenPolicies(): string | undefined {
  const { data } = useQuery(whoamiQuery());
  if (data === undefined || data.may.set_policy) return undefined;
  return "This needs the tag policymaker or administrator";
}
