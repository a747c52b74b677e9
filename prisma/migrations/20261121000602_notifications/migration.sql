-- Whom error policies tell, what they are to be told, and what they were told (docs/notifications.md).
CREATE TABLE "warren"."notification_target" (
    "name" text COLLATE "C" PRIMARY KEY,
    "kind" text NOT NULL CHECK ("kind" IN ('webhook', 'slack', 'email')),
    "enabled" boolean NOT NULL,
    "version" integer NOT NULL DEFAULT 1,
    -- Failures of one cause within this time make one notice.
    "group_ms" integer NOT NULL CHECK ("group_ms" >= 0),
    "per_hour" integer NOT NULL CHECK ("per_hour" >= 1),
    -- Without secrets; those are in "secret", which no answer of the API has.
    "config" jsonb NOT NULL,
    "secret" text,
    "changed_at" timestamptz NOT NULL DEFAULT now(),
    "changed_by" text NOT NULL
);

-- Written in the transaction in which a policy decides, one row for all alike in it; the leading node folds them.
CREATE TABLE "warren"."notice_event" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "at" timestamptz NOT NULL DEFAULT clock_timestamp(),
    "target" text COLLATE "C" NOT NULL,
    "vhost" text COLLATE "C" NOT NULL,
    "queue" text COLLATE "C" NOT NULL,
    "policy" text COLLATE "C" NOT NULL,
    "reason" text NOT NULL,
    "error_type" text NOT NULL DEFAULT '',
    "error_message" text NOT NULL DEFAULT '',
    "count" integer NOT NULL CHECK ("count" >= 1),
    "message_ids" bigint[] NOT NULL
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE "warren"."notice" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "target" text COLLATE "C" NOT NULL REFERENCES "warren"."notification_target" ("name") ON DELETE CASCADE,
    -- collecting: not tried yet, more of the same is added; waiting: being sent, or to be tried again.
    "state" text NOT NULL DEFAULT 'collecting' CHECK ("state" IN ('collecting', 'waiting', 'sent', 'failed')),
    "vhost" text COLLATE "C" NOT NULL,
    "queue" text COLLATE "C" NOT NULL,
    "policy" text COLLATE "C" NOT NULL,
    "reason" text NOT NULL,
    "error_type" text NOT NULL,
    "error_message" text NOT NULL,
    "count" integer NOT NULL CHECK ("count" >= 1),
    "first_at" timestamptz NOT NULL,
    "last_at" timestamptz NOT NULL,
    "message_ids" bigint[] NOT NULL,
    -- When it is to be sent, or tried again; null when that is over.
    "next_at" timestamptz,
    "tries" integer NOT NULL DEFAULT 0,
    -- When it was first tried: what the limit per hour counts.
    "tried_at" timestamptz,
    -- The last ten, oldest first: {"at", "result", "status", "error", "ms"}.
    "attempts" jsonb NOT NULL DEFAULT '[]',
    "ended_at" timestamptz,
    CHECK (("state" IN ('sent', 'failed')) = ("next_at" IS NULL)),
    CHECK (("state" IN ('sent', 'failed')) = ("ended_at" IS NOT NULL))
);
CREATE UNIQUE INDEX "notice_collecting" ON "warren"."notice" ("target", "vhost", "queue", "policy", "reason", "error_type")
    WHERE "state" = 'collecting';
CREATE INDEX "notice_next" ON "warren"."notice" ("next_at") WHERE "next_at" IS NOT NULL;
CREATE INDEX "notice_tried" ON "warren"."notice" ("target", "tried_at") WHERE "tried_at" IS NOT NULL;
CREATE INDEX "notice_listed" ON "warren"."notice" ("last_at", "id");
