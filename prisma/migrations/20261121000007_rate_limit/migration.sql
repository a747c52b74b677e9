-- The token bucket of a queue with x-rate-limit: how many tokens it held at a moment. Read and written under the queue's
-- claim lock, by whichever node claims.
CREATE TABLE "warren"."rate_bucket" (
    "queue_id" integer PRIMARY KEY,
    "tokens" double precision NOT NULL,
    -- Seconds since 1970, by the database's clock.
    "at" double precision NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500);
