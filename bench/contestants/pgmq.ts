import { readFileSync } from "node:fs";
import pg from "pg";
import { batchesHeld, type ConsumeOptions, type Consumption, type Contestant } from "@/bench/contestants/contestant";
import { Window } from "@/bench/load";
import type { Meter } from "@/bench/meter";

const queue = "bench";
/** Seconds that a message stays invisible to others. */
const visibility = 60;
/** pgmq has no way to wait but asking again; its own polling function asks every 100 ms. */
const pollMs = 5;

/**
 * pgmq through its SQL functions, without the extension: its file pgmq.sql makes all of them
 * (https://github.com/pgmq/pgmq, "SQL-only installation").
 * @param file where that file is
 */
export async function openPgmq(file: string, connectionString: string, meter: Meter): Promise<Contestant> {
  await meter.query(readFileSync(file, "utf8"));
  await meter.query("select pgmq.create($1)", [queue]);
  const pool = new pg.Pool({ connectionString, max: 20 });
  pool.on("error", (error) => console.error("pgmq:", error));
  return {
    name: "pgmq",
    empty: async () => {
      await meter.query("select pgmq.purge_queue($1)", [queue]);
    },
    publish: async (body) => {
      await pool.query({ name: "send", text: "select pgmq.send($1, $2::jsonb)", values: [queue, asJson(body)] });
    },
    publishBatch: async (bodies) => {
      const values = [queue, bodies.map(asJson)];
      await pool.query({ name: "send_batch", text: "select pgmq.send_batch($1, $2::jsonb[])", values });
    },
    consume: (options) => consume(pool, options),
    close: () => pool.end(),
  };
}

function asJson(body: string): string {
  return JSON.stringify({ body });
}

async function consume(pool: pg.Pool, { consumers, batch, onMessage, onDone }: ConsumeOptions): Promise<Consumption> {
  let stopped = false;
  const remove = async (ids: readonly string[]) => {
    const values = [queue, ids];
    const { rowCount } = await pool.query({ name: "delete", text: "select pgmq.delete($1, $2::bigint[])", values });
    onDone(rowCount ?? 0);
  };
  const running = Array.from({ length: consumers }, async () => {
    const settling = new Window(batchesHeld);
    while (!stopped) {
      const values = [queue, visibility, batch];
      const { rows } = await pool.query<{ msg_id: string; message: { body: string } }>({
        name: "read",
        text: "select msg_id, message from pgmq.read($1, $2, $3)",
        values,
      });
      if (rows.length === 0) {
        await new Promise((resolve) => setTimeout(resolve, pollMs));
        continue;
      }
      for (const { message } of rows) onMessage(message.body);
      await settling.add(remove(rows.map(({ msg_id }) => msg_id)));
    }
    await settling.end();
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(running);
    },
  };
}
