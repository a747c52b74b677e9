-- "warren.enter" for a flush that would hand messages over to consumers that wait at these queues: what it stores is then
-- held by them from the beginning. That is right only where nothing else is ready. Says which of the queues are so, and
-- locks their cursors until the transaction ends; a queue whose cursor somebody else has locked is passed over, nobody
-- waits for it. None is when the node whose consumers they are has been given up.
CREATE FUNCTION "warren"."enter_open"(
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
    SELECT array_agg(l.queue_id) INTO locked FROM (
        SELECT c.queue_id FROM warren.cursor c WHERE c.queue_id = ANY (queues) AND c.rank = 0
        ORDER BY c.queue_id, c.rank FOR UPDATE SKIP LOCKED) l;
    -- A statement of its own: it sees what the holders of these locks before have left.
    SELECT coalesce(array_agg(c.queue_id), '{}') INTO open FROM warren.cursor c
    WHERE c.queue_id = ANY (locked) AND c.rank = 0
      AND NOT EXISTS (SELECT FROM warren.entry e WHERE e.queue_id = c.queue_id AND e.rank = 0 AND e.seq > c.seq)
      AND NOT EXISTS (SELECT FROM warren.deferred d WHERE d.queue_id = c.queue_id AND d.state = 'ready');
END
$$;
