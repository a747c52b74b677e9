import pg from "pg";
import type { ConsumeOptions, Consumption, Contestant } from "@/bench/contestants/contestant";
import type { Meter } from "@/bench/meter";
import { int4Array } from "@/lib/engine/sql/binary-arrays";

const setup = `
create schema bench_limit;
create table bench_limit.message (id bigint primary key generated always as identity, body bytea not null);
alter table bench_limit.message alter column body set storage external;
create table bench_limit.entry (queue integer, seq bigint, message bigint not null, primary key (queue, seq));`;

const publishOne = `
with stored as (insert into bench_limit.message (body) values ($1) returning id)
insert into bench_limit.entry (queue, seq, message) select 1, id, id from stored returning seq`;

const publishMany = `
with stored as (
  insert into bench_limit.message (body)
  select substring($1::bytea from b.at for b.length) from unnest($2::int[], $3::int[]) as b (at, length) returning id
)
insert into bench_limit.entry (queue, seq, message) select 1, id, id from stored`;

const take = `
with gone as (delete from bench_limit.entry where queue = 1 and seq between $1 and $2 returning message)
select m.body from gone join bench_limit.message m on m.id = gone.message`;

/**
 * The least that a queue with these promises must write: a body, a narrow row, and its deletion, with prepared
 * statements. It knows in memory what there is, takes each range once, and would lose what it holds in a crash.
 */
export async function openLimit(connectionString: string, meter: Meter): Promise<Contestant> {
  await meter.query(setup);
  const pool = new pg.Pool({
    connectionString,
    max: 8,
    ...{ pipeline: true },
    onConnect: async (client) => {
      await client.query(
        "set plan_cache_mode = force_generic_plan; set enable_seqscan = off; set enable_hashjoin = off",
      );
    },
  });
  const known = { last: 0, taken: 0 };
  return {
    name: "limit",
    empty: async () => {
      await meter.query("truncate bench_limit.message, bench_limit.entry restart identity");
      known.last = 0;
      known.taken = 0;
    },
    publish: async (body) => {
      await pool.query({ name: "publish_one", text: publishOne, values: [Buffer.from(body)] });
      known.last++;
    },
    publishBatch: async (bodies) => {
      const buffers = bodies.map((body) => Buffer.from(body));
      let at = 1;
      const starts = buffers.map(({ length }) => {
        at += length;
        return at - length;
      });
      const lengths = int4Array(buffers.map(({ length }) => length));
      const values = [Buffer.concat(buffers), int4Array(starts), lengths];
      await pool.query({ name: "publish_many", text: publishMany, values });
      known.last += bodies.length;
    },
    consume: (options) => consume(pool, known, options),
    close: () => pool.end(),
  };
}

async function consume(
  pool: pg.Pool,
  known: { last: number; taken: number },
  { consumers, batch, onMessage, onDone }: ConsumeOptions,
): Promise<Consumption> {
  let stopped = false;
  const running = Array.from({ length: consumers }, async () => {
    while (!stopped) {
      const from = known.taken + 1;
      const to = Math.min(known.taken + batch, known.last);
      if (to < from) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        continue;
      }
      known.taken = to;
      // Numbers of commits under way may be missing among them for a moment.
      for (let left = to - from + 1; left > 0 && !stopped; ) {
        const { rows } = await pool.query({ name: "take", text: take, values: [from, to] });
        for (const { body } of rows) onMessage(body);
        left -= rows.length;
        onDone(rows.length);
      }
    }
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(running);
    },
  };
}
