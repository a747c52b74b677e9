"use client";

import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import clsx from "clsx";
import { Unplug } from "lucide-react";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { Button } from "@/components/ui/button";
import { useNow } from "@/components/ui/relative-time";
import { ApiError, liveInterval } from "@/lib/api-client/client";
import { overviewQuery } from "@/lib/api-client/overview";
import { formatClock, formatDuration } from "@/lib/format/times";

export type Connection = {
  /** Why there is no answer; undefined while all is well. */
  lost: "server" | "database" | undefined;
  /** When `lost` began, in milliseconds since 1970; 0 while all is well. */
  since: number;
};

const well: Connection = { lost: undefined, since: 0 };
type Store = { now: Connection; watch: (changed: () => void) => () => void };
const stores = new WeakMap<QueryClient, Store>();

/** Why a failed question means that the server is lost, if it does. */
function reasonOf(error: unknown): Connection["lost"] {
  if (!(error instanceof ApiError)) return undefined;
  // 502 and 504 come from a proxy before the server, 503 from the server while its database is away.
  if (error.status === 503) return "database";
  return error.status === 0 || error.status === 502 || error.status === 504 ? "server" : undefined;
}

function storeOf(client: QueryClient): Store {
  const known = stores.get(client);
  if (known) return known;
  const watchers = new Set<() => void>();
  const store: Store = {
    now: well,
    watch: (changed) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
  };
  stores.set(client, store);
  client.getQueryCache().subscribe((event) => {
    if (event.type !== "updated" || event.query.queryKey[0] !== overviewQuery().queryKey[0]) return;
    const { action } = event;
    if (action.type !== "success" && action.type !== "error") return;
    const lost = action.type === "error" ? reasonOf(action.error) : undefined;
    if (lost === store.now.lost) return;
    store.now = lost ? { lost, since: store.now.since || Date.now() } : well;
    for (const watcher of watchers) watcher();
  });
  return store;
}

/**
 * Whether the server answers, by the one question that is asked on every page. Kept beside the query cache, since a
 * question forgets its failure while it is being asked again.
 */
export function useConnection(): Connection {
  const store = storeOf(useQueryClient());
  return useSyncExternalStore(
    store.watch,
    () => store.now,
    () => well,
  );
}

/** When the last numbers came, in milliseconds since 1970; 0 before the first. */
function useLastUpdate(): number {
  return useQuery(overviewQuery()).dataUpdatedAt;
}

/** The breathing dot: live, or lost, with the time of the last update in its tooltip. */
export function LiveDot() {
  const { lost } = useConnection();
  const lastUpdate = useLastUpdate();
  return (
    <span
      role="status"
      title={lastUpdate === 0 ? undefined : `Last update ${formatClock(new Date(lastUpdate))}`}
      className={clsx(
        "ml-2 inline-flex h-7 items-center gap-2 px-1.5 text-12 whitespace-nowrap",
        lost ? "text-danger" : "text-ink-2",
      )}
    >
      <span
        aria-hidden="true"
        className={clsx(
          "size-[7px] rounded-full",
          lost
            ? "bg-danger shadow-[0_0_0_3px_var(--color-danger-tint)]"
            : "animate-breathe bg-ok shadow-[0_0_0_3px_var(--color-ok-tint)]",
        )}
      />
      {lost ? "Lost" : "Live"}
    </span>
  );
}

/** Says that the server is lost, since when, and how old the numbers are; goes, and fetches everything anew, when it is back. */
export function ServerLostBanner() {
  const { lost, since } = useConnection();
  const lastUpdate = useLastUpdate();
  const client = useQueryClient();
  const wasLost = useRef(false);
  const [asking, setAsking] = useState(false);
  const now = useNow();

  useEffect(() => {
    if (!lost && wasLost.current) void client.invalidateQueries();
    wasLost.current = lost !== undefined;
  }, [lost, client]);

  if (!lost) return null;
  const away = now - since;
  const tryNow = async () => {
    setAsking(true);
    await client.refetchQueries({ queryKey: overviewQuery().queryKey });
    setAsking(false);
  };
  return (
    <div role="alert" className="flex shrink-0 items-center gap-2 bg-danger-tint px-4 py-1.5 text-12">
      <Unplug className="icon-14 text-danger" aria-hidden="true" />
      <p className="min-w-0 flex-1">
        <b className="font-semibold">
          {lost === "database" ? "The server can't reach its database" : "No connection to the server"}
          {/* The seconds are for eyes: read out, they would never end. */}
          <span aria-hidden="true">{away > 2000 ? ` for ${formatDuration(Math.floor(away / 1000) * 1000)}` : ""}</span>.
        </b>{" "}
        {lastUpdate > 0 && `Numbers below are from ${formatClock(new Date(lastUpdate))}. `}
        Whatever was confirmed is stored. Trying again every {formatDuration(liveInterval)}.
      </p>
      <Button onClick={tryNow} busy={asking}>
        Try now
      </Button>
    </div>
  );
}
