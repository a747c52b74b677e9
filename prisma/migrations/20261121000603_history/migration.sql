-- What happened to messages, append-only, in partitions of a day that are dropped whole (docs/decisions/0062-history.md).
-- A row tells of one kind of event, and of many messages: of numbers that share their upper bits ("bucket"), so that the few
-- rows which may tell of a number are found by an index over rows, not over messages.
--   deliveries     ("delivered", "taken", "acknowledged", "requeued", "returned") name copies: numbers of entries of the queue
--   all the others name messages; "copies" are the numbers of the entries that came of them
CREATE TABLE "warren"."history" (
    "at" timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- The numbers' upper bits: number / 16384.
    "bucket" bigint NOT NULL,
    "kind" text NOT NULL,
    "queue_id" integer,
    "by" text,
    "detail" jsonb,
    -- As lib/engine/history/packed.ts writes them, or plainly; one of both.
    "packed" bytea,
    "numbers" bigint[],
    "copies" bytea,
    CHECK (("packed" IS NULL) <> ("numbers" IS NULL))
) PARTITION BY RANGE ("at");
CREATE INDEX "history_bucket" ON "warren"."history" ("bucket");

-- Takes what no other does, so that nothing ever fails for want of a partition.
CREATE TABLE "warren"."history_rest" PARTITION OF "warren"."history" DEFAULT;

-- The first days; the leading node makes the others ahead of time.
DO $$
DECLARE
    day date;
BEGIN
    FOR day IN SELECT generate_series((now() AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date + 2, '1 day')::date LOOP
        EXECUTE format('CREATE TABLE warren.%I PARTITION OF warren.history FOR VALUES FROM (%L) TO (%L)',
            'history_' || to_char(day, 'YYYYMMDD'), day::text || ' 00:00:00+00', (day + 1)::text || ' 00:00:00+00');
    END LOOP;
END
$$;
