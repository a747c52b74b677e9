-- Rules that say what becomes of failures (docs/error-policies.md). They are part of the topology: each change moves its
-- version on, so that no transaction decides by rules that were changed before it committed.
CREATE TABLE "warren"."error_policy" (
    "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "name" text COLLATE "C" NOT NULL,
    -- From 1, without gaps; asked in this order.
    "position" integer NOT NULL CHECK ("position" >= 1),
    "enabled" boolean NOT NULL,
    "version" integer NOT NULL DEFAULT 1,
    "queue" text COLLATE "C",
    "pattern" text,
    -- Of the contract's ErrorPolicyInput: {"when": ..., "action": ...}.
    "definition" jsonb NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    "created_by" text NOT NULL,
    "changed_at" timestamptz NOT NULL DEFAULT now(),
    "changed_by" text NOT NULL,
    UNIQUE ("vhost_id", "name"),
    UNIQUE ("vhost_id", "position") DEFERRABLE INITIALLY DEFERRED,
    CHECK ("queue" IS NULL OR "pattern" IS NULL)
);

-- One row per delivery that came to nothing, and per message that died without one: what the worker said, and what was
-- decided. Written in the transaction that carries the decision out; goes when the message's partition goes.
CREATE TABLE "warren"."failure" (
    "vhost_id" integer NOT NULL,
    "id" bigint GENERATED ALWAYS AS IDENTITY,
    "at" timestamptz NOT NULL DEFAULT clock_timestamp(),
    "message_id" bigint NOT NULL,
    "queue_id" integer NOT NULL,
    "queue" text COLLATE "C" NOT NULL,
    "seq" bigint NOT NULL,
    "attempt" integer NOT NULL CHECK ("attempt" >= 1),
    "reason" text NOT NULL
        CHECK ("reason" IN ('rejected', 'expired', 'maxlen', 'delivery_limit', 'timeout', 'consumer_lost')),
    "holder" text,
    "held_since" timestamptz,
    "error_type" text,
    "error_message" text,
    "error_stack" text,
    "outcome" text NOT NULL CHECK ("outcome" IN ('requeue', 'retry', 'ignore', 'review', 'dead_letter', 'drop')),
    "policy_id" integer,
    "policy" text,
    "detail" jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY ("vhost_id", "id")
);
CREATE INDEX "failure_message" ON "warren"."failure" ("message_id");
CREATE INDEX "failure_policy" ON "warren"."failure" ("policy_id", "at") WHERE "policy_id" IS NOT NULL;
