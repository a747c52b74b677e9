import { randomUUID } from "node:crypto";
import type { Client } from "pg";
import type { EngineContext } from "@/lib/engine/context";

const channel = "warren";
/** Announcements of so long, in ms, go together: a NOTIFY with each commit would make commits wait for each other. */
const gatherMs = 10;
/** A payload may have 8,000 bytes. */
const idsPerMessage = 500;
const reconnectMs = 1000;

export interface Announcements {
  stop(): Promise<void>;
}

/** Tells other nodes in which queues something became ready, and wakes waiting leases here for what they tell. */
export function exchangeAnnouncements(context: EngineContext): Announcements {
  const self = randomUUID();
  const stopping = new AbortController();
  const gathered = new Set<number>();
  let timer: NodeJS.Timeout | undefined;

  const tell = async () => {
    timer = undefined;
    const ids = [...gathered];
    gathered.clear();
    for (let from = 0; from < ids.length; from += idsPerMessage) {
      const payload = `${self} ${ids.slice(from, from + idsPerMessage).join(",")}`;
      // A hint that is lost costs a waiting lease a second at most.
      await context.database.relaxed
        .query({ name: "announce", text: "SELECT pg_notify($1, $2)" }, [channel, payload])
        .catch(() => {});
    }
  };
  context.signals.onAnnounce((queueIds) => {
    if (stopping.signal.aborted) return;
    for (const id of queueIds) gathered.add(id);
    timer ??= setTimeout(() => void tell(), gatherMs);
  });

  const hear = (payload: string | undefined) => {
    const [sender, ids] = payload?.split(" ") ?? [];
    if (sender === "close") {
      void context.presence.takeCloses().catch(() => {});
      return;
    }
    if (sender === "subscriptions") {
      context.doors.changed(ids ? ids.split(",").map(Number) : "any");
      return;
    }
    if (sender === "reply") {
      if (ids === context.self.name) void context.doors.takeReplies().catch(() => {});
      return;
    }
    if (sender === "topology") {
      context.topology.heard();
      return;
    }
    if (sender !== self && ids) context.signals.wake(ids.split(",").map(Number));
  };
  const listening = listen(context, hear, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      clearTimeout(timer);
      await listening;
    },
  };
}

/** Keeps a listening connection open, until `stopping`. */
async function listen(
  context: EngineContext,
  hear: (payload: string | undefined) => void,
  stopping: AbortSignal,
): Promise<void> {
  while (!stopping.aborted) {
    const client = context.database.dedicatedClient();
    try {
      await untilLost(client, hear, stopping, () => {
        context.signals.wakeAll();
        context.topology.hears(true);
        void context.presence.takeCloses().catch(() => {});
        context.doors.changed("any");
        void context.doors.takeReplies().catch(() => {});
      });
    } catch (error) {
      if (!stopping.aborted) context.log.error("The connection that listens for announcements was lost.", error);
    } finally {
      context.topology.hears(false);
      await client.end().catch(() => {});
    }
    if (!stopping.aborted) await new Promise((resolve) => setTimeout(resolve, reconnectMs));
  }
}

async function untilLost(
  client: Client,
  hear: (payload: string | undefined) => void,
  stopping: AbortSignal,
  onListening: () => void,
): Promise<void> {
  let stop = () => {};
  const lost = new Promise<void>((resolve, reject) => {
    client.on("error", reject);
    client.on("end", resolve);
    stop = resolve;
  });
  lost.catch(() => {});
  stopping.addEventListener("abort", stop);
  try {
    client.on("notification", ({ payload }) => hear(payload));
    await client.connect();
    await client.query(`LISTEN ${channel}`);
    // Whatever was said before this moment was not heard.
    onListening();
    await lost;
  } finally {
    // There is one for each time that it is connected anew.
    stopping.removeEventListener("abort", stop);
  }
}
