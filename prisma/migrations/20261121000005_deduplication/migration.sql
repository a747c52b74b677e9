-- The ids of what was published into queues with x-deduplication-window, until their window ends. Written under the
-- queue's shard lock, with the message.
CREATE TABLE "warren"."deduplication" (
    "queue_id" integer NOT NULL,
    "id" text COLLATE "C" NOT NULL,
    "expires_at" timestamptz NOT NULL,
    PRIMARY KEY ("queue_id", "id")
) WITH (fillfactor = 80, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX "deduplication_expires" ON "warren"."deduplication" ("expires_at");
