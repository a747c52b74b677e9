-- Jobs: works over many messages that go on after a crash (docs/decisions/0051-jobs.md). Numbered after the failures, on
-- which a trigger is put here.
CREATE TABLE "warren"."job" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "kind" text NOT NULL CHECK ("kind" IN ('retry', 'discard', 'move', 'restore', 'purge', 'replay')),
    "vhost_id" integer NOT NULL,
    "vhost" text COLLATE "C" NOT NULL,
    "state" text NOT NULL DEFAULT 'preparing'
        CHECK ("state" IN ('preparing', 'running', 'paused', 'stopped', 'completed', 'cancelled', 'failed')),
    -- Why it stopped, failed or was cancelled, in words.
    "reason" text,
    -- What was asked, in the words of the contract (lib/broker/jobs.ts).
    "request" jsonb NOT NULL,
    "started_by" text NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "started_at" timestamptz,
    "ended_at" timestamptz,
    "changed_by" text,
    "changed_at" timestamptz,
    -- Messages per second; null for as fast as it goes.
    "rate" double precision CHECK ("rate" > 0),
    -- Sizes of the canary steps before the rest; empty for none.
    "steps" integer[] NOT NULL DEFAULT '{}',
    "settle_ms" integer,
    "stop_at_failed_percent" integer,
    -- Which messages it means is being written down: up to this number, from here on.
    "bound" bigint NOT NULL,
    "scanned" text,
    "selected" boolean NOT NULL DEFAULT false,
    -- start = done + skipped + remaining at any moment; those that failed again are among the done.
    "start_count" integer NOT NULL DEFAULT 0,
    "done" integer NOT NULL DEFAULT 0,
    "skipped" integer NOT NULL DEFAULT 0,
    -- The step that it is in (from 1), how many of its messages went out, and until when it waits for them to be settled.
    "step" integer NOT NULL DEFAULT 1,
    "step_done" integer NOT NULL DEFAULT 0,
    "watching_until" timestamptz,
    "in_flight" integer,
    -- Not before then.
    "next_at" timestamptz NOT NULL DEFAULT now(),
    "per_second" double precision,
    "measured_at" timestamptz,
    "measured_from" integer NOT NULL DEFAULT 0,
    -- The batch of the trash that it fills.
    "trash" uuid,
    -- Partitions of messages that a replay may refer to: they are kept.
    "from_partition" integer,
    "to_partition" integer,
    CHECK ("done" >= 0 AND "skipped" >= 0 AND "done" + "skipped" <= "start_count"),
    CHECK (("ended_at" IS NOT NULL) = ("state" IN ('completed', 'cancelled', 'failed')))
) WITH (fillfactor = 50);
CREATE INDEX "job_listed" ON "warren"."job" ("created_at", "id");
CREATE INDEX "job_due" ON "warren"."job" ("next_at") WHERE "state" IN ('preparing', 'running');

-- The messages that a job means, in the order in which it takes them.
CREATE TABLE "warren"."job_item" (
    "job_id" uuid NOT NULL REFERENCES "warren"."job" ("id") ON DELETE CASCADE,
    "n" integer NOT NULL,
    -- Where it lay; 0 for a retained message that lies nowhere.
    "queue_id" integer NOT NULL,
    "rank" smallint NOT NULL,
    "seq" bigint NOT NULL,
    "state" text NOT NULL DEFAULT 'waiting' CHECK ("state" IN ('waiting', 'done', 'skipped')),
    -- Why it was skipped, or could not be sent yet.
    "why" text,
    "at" timestamptz,
    PRIMARY KEY ("job_id", "n")
) WITH (fillfactor = 80);
CREATE INDEX "job_item_waiting" ON "warren"."job_item" ("job_id", "n") WHERE "state" = 'waiting';
CREATE INDEX "job_item_why" ON "warren"."job_item" ("job_id", "why") WHERE "why" IS NOT NULL;
CREATE INDEX "job_item_place" ON "warren"."job_item" ("queue_id", "seq");

-- Where a job's messages went, to see whether they are settled, and whether they fail again.
CREATE TABLE "warren"."job_copy" (
    "queue_id" integer NOT NULL,
    "seq" bigint NOT NULL,
    "rank" smallint NOT NULL,
    "job_id" uuid NOT NULL REFERENCES "warren"."job" ("id") ON DELETE CASCADE,
    "n" integer NOT NULL,
    "step" integer NOT NULL,
    PRIMARY KEY ("queue_id", "seq")
);
CREATE INDEX "job_copy_job" ON "warren"."job_copy" ("job_id", "step");

-- Those that failed again. Written by the transaction in which they fail, which never touches the job's own row: nobody
-- waits for anybody.
CREATE TABLE "warren"."job_failure" (
    "job_id" uuid NOT NULL,
    "n" integer NOT NULL,
    "queue_id" integer NOT NULL,
    "step" integer NOT NULL,
    "at" timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY ("job_id", "n", "queue_id")
);

CREATE FUNCTION "warren"."job_messages_fail"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO warren.job_failure (job_id, n, queue_id, step)
    SELECT DISTINCT c.job_id, c.n, c.queue_id, c.step
    FROM failed f CROSS JOIN LATERAL (
        SELECT k.* FROM warren.job_copy k WHERE k.queue_id = f.queue_id AND k.seq = f.seq LIMIT 1
    ) c
    WHERE f.outcome IN ('dead_letter', 'drop', 'ignore', 'review')
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$;
CREATE TRIGGER "job_messages_fail" AFTER INSERT ON "warren"."failure"
    REFERENCING NEW TABLE AS failed FOR EACH STATEMENT EXECUTE FUNCTION "warren"."job_messages_fail"();

-- Messages that a person edited: which became which. The original's wording is kept here, its body with the message.
CREATE TABLE "warren"."edit" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "at" timestamptz NOT NULL DEFAULT now(),
    "by" text NOT NULL,
    "queue" text COLLATE "C" NOT NULL,
    "queue_id" integer NOT NULL,
    "seq" bigint NOT NULL,
    "from_message_id" bigint NOT NULL,
    "to_message_id" bigint NOT NULL,
    "exchange" text COLLATE "C" NOT NULL,
    "routing_key" text COLLATE "C" NOT NULL,
    "properties" bytea NOT NULL,
    "trash" uuid NOT NULL
);
CREATE INDEX "edit_from" ON "warren"."edit" ("from_message_id");
CREATE UNIQUE INDEX "edit_to" ON "warren"."edit" ("to_message_id");
CREATE INDEX "edit_place" ON "warren"."edit" ("queue_id", "seq");
