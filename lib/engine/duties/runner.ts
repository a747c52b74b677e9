import { setMaxListeners } from "node:events";
import type { Client } from "pg";
import type { EngineContext } from "@/lib/engine/context";
import type { Duty } from "@/lib/engine/duties/duty";
import { leaderName } from "@/lib/engine/sql/node";

/** Session lock of the node that does the duties (any number that nobody else uses). */
const leaderLock = 7_030_000;
/** How often a node that doesn't lead tries to, and how long it rests when the database is away, in ms. */
const electionPause = 1000;
/** Between two runs of a duty that knows when it has to do something next, in ms. */
const shortestPause = 5;
/** A failing duty is tried again after growing pauses, up to this, in ms. */
const longestPause = 30_000;

export interface Running {
  stop(): Promise<void>;
}

/**
 * Does the duties for as long as this node leads. The leader is who holds a session lock: when it dies, or its
 * connection does, Postgres gives the lock to another.
 */
export function startDuties(context: EngineContext, duties: readonly Duty[]): Running {
  const stopping = new AbortController();
  const done = lead(context, duties, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

/** Does a duty that every node has, whoever leads. */
export function startEverywhere(context: EngineContext, duty: Duty): Running {
  const stopping = new AbortController();
  const done = repeat(context, duty, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await done;
    },
  };
}

async function lead(context: EngineContext, duties: readonly Duty[], stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    const client = context.database.dedicatedClient();
    const term = new AbortController();
    // Each duty listens while it pauses.
    setMaxListeners(duties.length + 1, term.signal);
    const endTerm = () => term.abort();
    client.on("error", endTerm);
    client.on("end", endTerm);
    stopping.addEventListener("abort", endTerm);
    try {
      await client.connect();
      while (context.self.isEntering && !term.signal.aborted) await pause(50, term.signal);
      if (term.signal.aborted) continue;
      await client.query("SELECT set_config('application_name', $1, false)", [leaderName(context.self.id)]);
      if (await wonElection(client, term.signal)) {
        await Promise.all(duties.map((duty) => repeat(context, duty, term.signal)));
      }
    } catch (error) {
      if (!stopping.aborted) context.log.error("The duties rest: the database can't be reached.", error);
    } finally {
      stopping.removeEventListener("abort", endTerm);
      await client.end().catch(() => {});
    }
    await pause(electionPause, stopping);
  }
}

/** Waits until this node leads; false when the term ends before. */
async function wonElection(client: Client, ended: AbortSignal): Promise<boolean> {
  while (!ended.aborted) {
    const { rows } = await client.query("SELECT pg_try_advisory_lock($1) AS won", [leaderLock]);
    if (rows[0]?.won === true) return true;
    await pause(electionPause, ended);
  }
  return false;
}

async function repeat(context: EngineContext, duty: Duty, ended: AbortSignal): Promise<void> {
  let failures = 0;
  while (!ended.aborted) {
    let more: boolean | number = false;
    try {
      more = await duty.run(context, ended);
      failures = 0;
    } catch (error) {
      failures++;
      if (!ended.aborted) context.log.error(`The duty "${duty.name}" failed; it will be tried again.`, error);
    }
    if (more === true) continue;
    const longest = Math.min(duty.everyMs * 2 ** failures, Math.max(longestPause, duty.everyMs));
    const listen = failures === 0 ? duty.listen : undefined;
    await pause(more === false ? longest : Math.min(Math.max(more, shortestPause), longest), ended, (due) =>
      listen?.(context, due),
    );
  }
}

/** @param listen may end the pause before its time; returns what is to be called at its end */
function pause(
  ms: number,
  ended: AbortSignal,
  listen: (due: () => void) => (() => void) | undefined = () => undefined,
): Promise<void> {
  if (ended.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    let unlisten: (() => void) | undefined;
    const end = () => {
      clearTimeout(timer);
      ended.removeEventListener("abort", end);
      unlisten?.();
      resolve();
    };
    const timer = setTimeout(end, ms);
    ended.addEventListener("abort", end);
    unlisten = listen(end);
  });
}
