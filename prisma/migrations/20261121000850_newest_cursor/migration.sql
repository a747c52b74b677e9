-- The row of a cursor has a new version with every flush that hands messages over. While an old transaction keeps vacuum
-- from removing the old ones, whoever looks for the row by queue and rank passes all of them, each time, and so did the
-- check that the key is unique. A cursor only moves forward: with its number in the key the newest comes first, see
-- decision 155. What is not on that way may still look by queue and rank. Rows are made with their queue, one for each
-- rank, and nowhere else.
ALTER TABLE "warren"."cursor" DROP CONSTRAINT "cursor_pkey";
ALTER TABLE "warren"."cursor" ADD PRIMARY KEY ("queue_id", "rank", "seq");

CREATE OR REPLACE FUNCTION "warren"."enter_open"(
    "expected" bigint, "shards" integer[], "queues" integer[], "by_node" integer, OUT "ok" boolean, OUT "open" integer[]
) LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    locked integer[];
BEGIN
    ok := warren.enter(expected, shards);
    open := '{}';
    IF NOT ok OR (by_node IS NOT NULL AND NOT EXISTS (SELECT FROM warren.node n WHERE n.id = by_node AND n.gone_at IS NULL)) THEN
        RETURN;
    END IF;
    SELECT array_agg(c.queue_id) INTO locked
    FROM (SELECT DISTINCT q.id FROM unnest(queues) AS q (id) ORDER BY q.id) o
    CROSS JOIN LATERAL (
        SELECT k.queue_id FROM warren.cursor k WHERE k.queue_id = o.id AND k.rank = 0
        ORDER BY k.seq DESC LIMIT 1 FOR UPDATE SKIP LOCKED) c;
    -- A statement of its own: it sees what the holders of these locks before have left. No EXISTS: the planner would join
    -- it, and where it knows the tables as small read the entries of all queues.
    SELECT coalesce(array_agg(c.queue_id), '{}') INTO open
    FROM unnest(locked) AS o (id)
    CROSS JOIN LATERAL (
        SELECT k.queue_id, k.seq FROM warren.cursor k WHERE k.queue_id = o.id AND k.rank = 0
        ORDER BY k.seq DESC LIMIT 1) c
    WHERE (SELECT true FROM warren.entry e WHERE e.queue_id = c.queue_id AND e.rank = 0 AND e.seq > c.seq LIMIT 1) IS NULL
      AND (SELECT true FROM warren.deferred d WHERE d.queue_id = c.queue_id AND d.state = 'ready' LIMIT 1) IS NULL;
END
$$;

-- Moves the cursor of a queue that the caller has locked. A function, since its statement has to see what was committed
-- until the lock was taken; the one that calls it may have begun before.
CREATE FUNCTION "warren"."cursor_move"("queue" integer, "passed" bigint) RETURNS void LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE warren.cursor c SET seq = passed
    WHERE c.queue_id = queue AND c.rank = 0 AND c.seq = (
        SELECT k.seq FROM warren.cursor k WHERE k.queue_id = queue AND k.rank = 0 ORDER BY k.seq DESC LIMIT 1);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'queue % has no cursor', queue;
    END IF;
END
$$;
