import { expect } from "vitest";
import type { Fixture } from "@/test/engine/views/fixture";

/** The depth that is shown must equal a count of the rows, for every queue, as seen in one moment. */
export async function expectTrueCounts(fixture: Pick<Fixture, "sql">): Promise<void> {
  const [seen] = await fixture.sql<{ counted: unknown; shown: unknown }>(`
    SELECT (SELECT json_agg(x) FROM (${counted}) x) AS counted, (SELECT json_agg(x) FROM (${shown}) x) AS shown`);
  expect(seen?.shown).toEqual(seen?.counted);
  const [orphans] = await fixture.sql<{
    deferred: number;
    letters: number;
    unlisted: number;
    unseen: number;
    ahead: number;
  }>(`
    SELECT (SELECT count(*) FROM warren.deferred d WHERE NOT EXISTS (
              SELECT FROM warren.entry e WHERE (e.queue_id, e.rank, e.seq) = (d.queue_id, d.rank, d.seq)))::integer AS deferred,
      (SELECT count(*) FROM warren.dead_letter l WHERE NOT EXISTS (
              SELECT FROM warren.entry e WHERE e.dead AND (e.queue_id, e.rank, e.seq) = (l.queue_id, l.rank, l.seq)))::integer AS letters,
      (SELECT count(*) FROM warren.entry e WHERE e.dead AND NOT EXISTS (
              SELECT FROM warren.dead_letter l WHERE (e.queue_id, e.seq) = (l.queue_id, l.seq)))::integer AS unlisted,
      (SELECT count(*) FROM warren.entry e JOIN warren.cursor c ON (c.queue_id, c.rank) = (e.queue_id, e.rank)
        WHERE e.seq <= c.seq AND NOT EXISTS (
              SELECT FROM warren.deferred d WHERE (e.queue_id, e.rank, e.seq) = (d.queue_id, d.rank, d.seq))
          AND NOT EXISTS (SELECT FROM warren.claim k
              WHERE (e.queue_id, e.rank) = (k.queue_id, k.rank) AND e.seq BETWEEN k.lo AND k.hi))::integer AS unseen,
      (SELECT count(*) FROM warren.claim k WHERE k.hi > (
              SELECT c.seq FROM warren.cursor c WHERE (c.queue_id, c.rank) = (k.queue_id, k.rank)))::integer AS ahead`);
  expect(orphans).toEqual({ deferred: 0, letters: 0, unlisted: 0, unseen: 0, ahead: 0 });
}

const counted = `
  SELECT q.name, count(e.seq) FILTER (WHERE coalesce(d.state, c.state, 'ready') = 'ready')::integer AS ready,
    count(e.seq) FILTER (WHERE coalesce(d.state, c.state) = 'leased')::integer AS unacked,
    count(e.seq) FILTER (WHERE d.state = 'delayed')::integer AS delayed,
    coalesce(sum(e.bytes) FILTER (WHERE coalesce(d.state, c.state, 'ready') = 'ready'), 0)::integer AS ready_bytes,
    count(e.seq) FILTER (WHERE e.dead)::integer AS dead
  FROM warren.queue q LEFT JOIN warren.entry e ON e.queue_id = q.id
  LEFT JOIN warren.deferred d ON d.queue_id = e.queue_id AND d.rank = e.rank AND d.seq = e.seq
  LEFT JOIN LATERAL (SELECT 'leased' AS state FROM warren.claim c
    WHERE (c.queue_id, c.rank) = (e.queue_id, e.rank) AND e.seq BETWEEN c.lo AND c.hi) c ON true
  GROUP BY q.name ORDER BY q.name`;

const shown = `
  SELECT q.name, (coalesce(c.ready, 0) + coalesce(sum(d.ready), 0))::integer AS ready,
    (coalesce(c.unacked, 0) + coalesce(sum(d.unacked), 0))::integer AS unacked,
    (coalesce(c.delayed, 0) + coalesce(sum(d.delayed), 0))::integer AS delayed,
    (coalesce(c.ready_bytes, 0) + coalesce(sum(d.ready_bytes), 0))::integer AS ready_bytes,
    (coalesce(c.dead, 0) + coalesce(sum(d.dead), 0))::integer AS dead
  FROM warren.queue q LEFT JOIN warren.queue_counter c ON c.queue_id = q.id
  LEFT JOIN warren.queue_delta d ON d.queue_id = q.id
  GROUP BY q.name, c.ready, c.unacked, c.delayed, c.ready_bytes, c.dead ORDER BY q.name`;
