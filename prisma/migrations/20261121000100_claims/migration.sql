-- What a lease takes from beyond the cursor is one row, however many messages it is: the range of numbers that the cursor
-- moved over. Of an entry that the cursor has passed, a row of "deferred" tells how it stands; without one it is held by
-- the claim whose range it lies in. Ranges of one queue and rank never overlap. A message leaves its claim by being
-- deleted, or by getting a row in "deferred", which it then keeps until it is deleted: so the range never changes.
CREATE TABLE "warren"."claim" (
    "queue_id" integer NOT NULL,
    "rank" smallint NOT NULL,
    "lo" bigint NOT NULL,
    "hi" bigint NOT NULL,
    -- Fencing, as in "deferred".
    "token" bigint NOT NULL,
    -- How often messages were broken out of it. Whoever settles by what it remembers of a claim names the version that it
    -- remembers.
    "version" integer NOT NULL DEFAULT 0,
    "node" integer,
    "holder" text,
    "leased_at" timestamptz NOT NULL,
    "leased_until" timestamptz NOT NULL,
    PRIMARY KEY ("queue_id", "rank", "hi"),
    CHECK ("lo" <= "hi")
) WITH (fillfactor = 80, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX "claim_until" ON "warren"."claim" ("leased_until");
