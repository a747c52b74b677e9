-- Groups of dead letters by cause (docs/decisions/0050-dead-letter-groups.md): the queue they died in, the reason, the
-- error's type, and its message with what changes from one to the next taken out. The group's id is a hash of these.
ALTER TABLE "warren"."dead_letter"
    -- Null in rows from before, until a duty has grouped them.
    ADD COLUMN "group_id" uuid;
CREATE INDEX "dead_letter_group" ON "warren"."dead_letter" ("group_id", "seq", "queue_id");
CREATE INDEX "dead_letter_ungrouped" ON "warren"."dead_letter" ("queue_id", "seq") WHERE "group_id" IS NULL;

CREATE TABLE "warren"."dead_group" (
    "id" uuid PRIMARY KEY,
    "vhost_id" integer NOT NULL,
    "origin_queue" text COLLATE "C" NOT NULL,
    "reason" text NOT NULL,
    "error_type" text,
    "pattern" text NOT NULL,
    -- A message as it was.
    "example" text,
    "total" bigint NOT NULL DEFAULT 0 CHECK ("total" >= 0),
    "first_seen_at" timestamptz NOT NULL DEFAULT now(),
    "last_seen_at" timestamptz NOT NULL DEFAULT now(),
    -- When a node last made sure that it exists: it stays a while after that.
    "ensured_at" timestamptz NOT NULL DEFAULT now(),
    "status" text NOT NULL DEFAULT 'open' CHECK ("status" IN ('open', 'acknowledged', 'resolved')),
    "note" text NOT NULL DEFAULT '',
    "assignee" text,
    -- Grows with each change by a person, and when it reopens.
    "version" integer NOT NULL DEFAULT 1,
    "changed_by" text,
    "changed_at" timestamptz,
    "reopened_at" timestamptz
) WITH (fillfactor = 70);
CREATE INDEX "dead_group_vhost" ON "warren"."dead_group" ("vhost_id");

-- How many letters of a group lie in a queue: the sum of counter and deltas is exact at any moment.
CREATE TABLE "warren"."dead_group_counter" (
    "group_id" uuid NOT NULL,
    "queue_id" integer NOT NULL,
    "n" bigint NOT NULL,
    PRIMARY KEY ("group_id", "queue_id")
) WITH (fillfactor = 50);
CREATE TABLE "warren"."dead_group_delta" (
    "group_id" uuid NOT NULL,
    "queue_id" integer NOT NULL,
    "n" integer NOT NULL,
    -- How many of them died (and were not just put back), and when.
    "died" integer NOT NULL,
    "at" timestamptz NOT NULL DEFAULT now()
) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.1);

-- Deaths within ten minutes each.
CREATE TABLE "warren"."dead_group_bucket" (
    "group_id" uuid NOT NULL,
    "at" timestamptz NOT NULL,
    "n" integer NOT NULL,
    PRIMARY KEY ("group_id", "at")
) WITH (fillfactor = 70);
CREATE INDEX "dead_group_bucket_at" ON "warren"."dead_group_bucket" ("at");

-- Letters come and go by many statements (settling, expiry, retry, trash, restore, purge); counting here misses none.
CREATE FUNCTION "warren"."dead_letters_come"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO warren.dead_group_delta (group_id, queue_id, n, died, at)
    SELECT c.group_id, c.queue_id, count(*), count(*) FILTER (WHERE c.died_at >= now()), max(c.died_at)
    FROM come c WHERE c.group_id IS NOT NULL GROUP BY c.group_id, c.queue_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER "dead_letters_come" AFTER INSERT ON "warren"."dead_letter"
    REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION "warren"."dead_letters_come"();

-- For each row, unlike the others: acknowledging runs a DELETE that mostly has none, and must not pay for it.
CREATE FUNCTION "warren"."dead_letter_goes"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO warren.dead_group_delta (group_id, queue_id, n, died) VALUES (OLD.group_id, OLD.queue_id, -1, 0);
    RETURN NULL;
END
$$;
CREATE TRIGGER "dead_letter_goes" AFTER DELETE ON "warren"."dead_letter"
    FOR EACH ROW WHEN (OLD.group_id IS NOT NULL) EXECUTE FUNCTION "warren"."dead_letter_goes"();

-- A letter from before groups were kept gets its group.
CREATE FUNCTION "warren"."dead_letters_grouped"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO warren.dead_group_delta (group_id, queue_id, n, died, at)
    SELECT n.group_id, n.queue_id, count(*), count(*), n.died_at
    FROM after n JOIN before b ON b.queue_id = n.queue_id AND b.seq = n.seq
    WHERE b.group_id IS NULL AND n.group_id IS NOT NULL GROUP BY n.group_id, n.queue_id, n.died_at;
    RETURN NULL;
END
$$;
CREATE TRIGGER "dead_letters_grouped" AFTER UPDATE ON "warren"."dead_letter"
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION "warren"."dead_letters_grouped"();
