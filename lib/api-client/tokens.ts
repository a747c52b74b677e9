import { queryOptions } from "@tanstack/react-query";
import { encodeName, every, request, slowInterval } from "@/lib/api-client/client";

/** A token of one's own, without its secret. */
export interface Token {
  readonly id: string;
  readonly name: string;
  /** All that its owner may do, or only reading. */
  readonly scope: "full" | "read";
  readonly created_at: string;
  /** Null: it doesn't expire. */
  readonly expires_at: string | null;
  readonly last_used_at: string | null;
}

export const tokensQuery = queryOptions({
  queryKey: ["tokens"],
  queryFn: ({ signal }) => request<readonly Token[]>("GET", "/api/tokens", { signal }),
  refetchInterval: every(slowInterval),
});

/** Makes a token; the answer alone has its secret, in `token`. */
export function createToken(wanted: {
  readonly name: string;
  readonly scope: Token["scope"];
  readonly expires_at?: string;
}) {
  return request<Token & { readonly token: string }>("POST", "/api/tokens", { body: wanted });
}

/** Deletes a token; it is refused from then on. */
export function deleteToken(id: string) {
  return request<void>("DELETE", `/api/tokens/${encodeName(id)}`);
}
