-- Messages that wait for a person (action "review" of an error policy). They are in no queue: what their entry was is kept
-- here, so that they can go back. The body stays where it is; a review that is not decided keeps its partition.
CREATE TABLE "warren"."review" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "queue_id" integer NOT NULL,
    "queue" text COLLATE "C" NOT NULL,
    "rank" smallint NOT NULL,
    "seq" bigint NOT NULL,
    "message_id" bigint NOT NULL,
    "bytes" integer NOT NULL,
    "enqueued_at" timestamptz NOT NULL,
    "delivery_count" integer NOT NULL,
    "group_key" text COLLATE "C",
    "exchange" text COLLATE "C" NOT NULL,
    "routing_key" text COLLATE "C" NOT NULL,
    "properties" bytea NOT NULL,
    "at" timestamptz NOT NULL DEFAULT clock_timestamp(),
    "reason" text NOT NULL
        CHECK ("reason" IN ('rejected', 'expired', 'maxlen', 'delivery_limit', 'timeout', 'consumer_lost')),
    "attempts" integer NOT NULL,
    "error_type" text,
    "error_message" text,
    "error_stack" text,
    "policy" text NOT NULL,
    "note" text,
    "version" integer NOT NULL DEFAULT 1,
    "claimed_by" text,
    "claimed_at" timestamptz,
    "decision" text CHECK ("decision" IN ('retry', 'edit', 'forward', 'discard', 'dead_letter')),
    "decided_by" text,
    "decided_at" timestamptz,
    -- Where it went: queues, the new message, the batch of the trash.
    "decision_detail" jsonb NOT NULL DEFAULT '{}',
    CHECK (("claimed_by" IS NULL) = ("claimed_at" IS NULL)),
    CHECK (("decision" IS NULL) = ("decided_by" IS NULL)),
    CHECK (("decision" IS NULL) = ("decided_at" IS NULL))
);
CREATE INDEX "review_open" ON "warren"."review" ("vhost_id", "id") WHERE "decision" IS NULL;
CREATE INDEX "review_listed" ON "warren"."review" ("vhost_id", "id");
CREATE INDEX "review_message" ON "warren"."review" ("message_id");

CREATE TABLE "warren"."review_comment" (
    "review_id" bigint NOT NULL REFERENCES "warren"."review" ("id") ON DELETE CASCADE,
    "id" bigint GENERATED ALWAYS AS IDENTITY,
    "at" timestamptz NOT NULL DEFAULT clock_timestamp(),
    "by" text NOT NULL,
    "text" text NOT NULL,
    PRIMARY KEY ("review_id", "id")
);
