-- The engine's tables. Owner: lib/engine/sql, nobody else writes them. They are not in the Prisma schema.
--
-- Shape (docs/architecture.md):
--   message   the body, once, append-only, in partitions that are dropped whole
--   entry     one narrow row per routed copy; its primary key is the order in which a queue is served
--   cursor    how far each queue has been handed out; entries beyond it are ready
--   deferred  entries that the cursor has passed and that wait again, or are held: requeued, delayed, leased
--   envelope  exchange, key and properties of a copy that travels under others than its message's (dead letters)
--   *_delta   one row per flush; a leader folds them into *_counter; the sum of both is exact at any moment
-- No foreign keys on the hot tables: they cost row locks on every insert.

CREATE SCHEMA IF NOT EXISTS "warren";

-- One sequence numbers messages and entries. The part above 2^32 is the number of the message partition, so a number
-- tells where its body lies; the partition duty moves the sequence up to the next multiple of 2^32 to begin a new one.
-- All numbers stay below 2^53 (2 million partitions) and so are exact in JavaScript.
CREATE SEQUENCE "warren"."seq" AS bigint START WITH 4294967296 MAXVALUE 9007199254740991;

-- Bumped by every change of vhosts, exchanges, queues and bindings, in the same transaction. Publishing checks it, so
-- that no node ever routes by an outdated picture.
CREATE TABLE "warren"."topology" (
    "only" boolean PRIMARY KEY DEFAULT true CHECK ("only"),
    "version" bigint NOT NULL
);
INSERT INTO "warren"."topology" ("version") VALUES (1);

CREATE TABLE "warren"."vhost" (
    "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "name" text COLLATE "C" NOT NULL UNIQUE CHECK (octet_length("name") BETWEEN 1 AND 255),
    "description" text NOT NULL DEFAULT '',
    "tags" text[] NOT NULL DEFAULT '{}',
    "created_at" timestamptz NOT NULL DEFAULT now()
);

-- What every write of new entries begins with. Takes the locks of the queues' shards, in the order given (ascending),
-- until the transaction ends, and then says whether the topology is still of the expected version. Numbers taken from
-- "seq" under these locks are committed in order within each queue, so no cursor can pass one that is not yet visible.
-- VOLATILE matters: each statement in here sees what was committed while it waited for the locks.
CREATE FUNCTION "warren"."enter"("expected" bigint, "shards" integer[]) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    shard integer;
BEGIN
    FOREACH shard IN ARRAY shards LOOP
        PERFORM pg_advisory_xact_lock(1463898702, shard);
    END LOOP;
    RETURN EXISTS (SELECT FROM warren.topology t WHERE t.version = expected);
END
$$;

CREATE TABLE "warren"."exchange" (
    "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "name" text COLLATE "C" NOT NULL CHECK (octet_length("name") <= 255),
    "type" text NOT NULL CHECK ("type" IN ('direct', 'topic', 'fanout', 'headers')),
    "durable" boolean NOT NULL,
    "auto_delete" boolean NOT NULL,
    "internal" boolean NOT NULL,
    -- An AMQP field table in its wire form, so that no type is lost.
    "arguments" bytea NOT NULL DEFAULT '\x',
    "created_at" timestamptz NOT NULL DEFAULT now(),
    UNIQUE ("vhost_id", "name")
);

CREATE TABLE "warren"."queue" (
    -- Never used twice: entries of a deleted queue can't turn up in a new one of the same name.
    "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "name" text COLLATE "C" NOT NULL CHECK (octet_length("name") BETWEEN 1 AND 255),
    "type" text NOT NULL CHECK ("type" IN ('classic', 'quorum')),
    "durable" boolean NOT NULL,
    "auto_delete" boolean NOT NULL,
    "exclusive" boolean NOT NULL,
    "arguments" bytea NOT NULL DEFAULT '\x',
    "created_at" timestamptz NOT NULL DEFAULT now(),
    UNIQUE ("vhost_id", "name")
);

-- When a queue with x-expires was last used: declared, or asked for messages. Not in "queue", which is read often and
-- locked by whoever refers to it.
CREATE TABLE "warren"."queue_use" (
    "queue_id" integer PRIMARY KEY REFERENCES "warren"."queue" ("id") ON DELETE CASCADE,
    "used_at" timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE "warren"."binding" (
    "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "source_id" integer NOT NULL REFERENCES "warren"."exchange" ("id") ON DELETE CASCADE,
    "queue_id" integer REFERENCES "warren"."queue" ("id") ON DELETE CASCADE,
    "exchange_id" integer REFERENCES "warren"."exchange" ("id") ON DELETE CASCADE,
    "routing_key" text COLLATE "C" NOT NULL CHECK (octet_length("routing_key") <= 255),
    "arguments" bytea NOT NULL DEFAULT '\x',
    "properties_key" text COLLATE "C" NOT NULL,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    CHECK (("queue_id" IS NULL) <> ("exchange_id" IS NULL))
);
CREATE UNIQUE INDEX "binding_queue" ON "warren"."binding" ("source_id", "queue_id", "properties_key") WHERE "queue_id" IS NOT NULL;
CREATE UNIQUE INDEX "binding_exchange" ON "warren"."binding" ("source_id", "exchange_id", "properties_key") WHERE "exchange_id" IS NOT NULL;
CREATE INDEX "binding_to_queue" ON "warren"."binding" ("queue_id") WHERE "queue_id" IS NOT NULL;
CREATE INDEX "binding_to_exchange" ON "warren"."binding" ("exchange_id") WHERE "exchange_id" IS NOT NULL;

-- Bodies. Partition k holds the ids from k * 2^32.
CREATE TABLE "warren"."message" (
    "id" bigint NOT NULL,
    "vhost_id" integer NOT NULL,
    "published_at" timestamptz NOT NULL DEFAULT now(),
    "published_by" text,
    "exchange" text COLLATE "C" NOT NULL,
    "routing_key" text COLLATE "C" NOT NULL,
    -- The content header's property flags and list, exactly as AMQP 0-9-1 writes them.
    "properties" bytea NOT NULL,
    "body" bytea NOT NULL,
    PRIMARY KEY ("id")
) PARTITION BY RANGE ("id");
-- A compressed body costs more to read than it saves; clients compress what is worth it.
ALTER TABLE "warren"."message" ALTER COLUMN "body" SET STORAGE EXTERNAL;
CREATE TABLE "warren"."message_1" PARTITION OF "warren"."message" FOR VALUES FROM (4294967296) TO (8589934592);
ALTER TABLE "warren"."message_1" ALTER COLUMN "body" SET STORAGE EXTERNAL;

CREATE TABLE "warren"."partition" (
    "number" integer PRIMARY KEY,
    "created_at" timestamptz NOT NULL DEFAULT now(),
    -- When the sequence moved on; null while it is being written.
    "closed_at" timestamptz
);
INSERT INTO "warren"."partition" ("number") VALUES (1);

-- rank: 0 is served first. In a queue with x-max-priority it is (maximum - priority), else 0.
-- seq: equals message_id for a first publication; copies made later (dead-lettered, moved, retried) get a new one.
CREATE TABLE "warren"."entry" (
    "queue_id" integer NOT NULL,
    "rank" smallint NOT NULL,
    "seq" bigint NOT NULL,
    "message_id" bigint NOT NULL,
    "enqueued_at" timestamptz NOT NULL DEFAULT now(),
    "expires_at" timestamptz,
    "bytes" integer NOT NULL,
    "has_envelope" boolean NOT NULL DEFAULT false,
    "dead" boolean NOT NULL DEFAULT false,
    PRIMARY KEY ("queue_id", "rank", "seq")
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_insert_scale_factor = 0.2);
CREATE INDEX "entry_expires" ON "warren"."entry" ("expires_at") WHERE "expires_at" IS NOT NULL;

CREATE TABLE "warren"."cursor" (
    "queue_id" integer NOT NULL,
    "rank" smallint NOT NULL,
    -- Everything up to here has been handed out once; what still exists of it is in "deferred".
    "seq" bigint NOT NULL DEFAULT 0,
    PRIMARY KEY ("queue_id", "rank")
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.1);

CREATE TABLE "warren"."deferred" (
    "queue_id" integer NOT NULL,
    "rank" smallint NOT NULL,
    "seq" bigint NOT NULL,
    "state" text NOT NULL CHECK ("state" IN ('ready', 'delayed', 'leased')),
    "redelivered" boolean NOT NULL DEFAULT false,
    -- How often it came back in a way that counts towards the delivery limit.
    "delivery_count" integer NOT NULL DEFAULT 0 CHECK ("delivery_count" >= 0),
    "available_at" timestamptz,
    -- Fencing: settling needs this number. It is drawn at random for each lease, so that it can't be guessed.
    "lease_token" bigint,
    "leased_by" text,
    "leased_at" timestamptz,
    "leased_until" timestamptz,
    -- The node whose end ends the lease as well; null for one that only time ends.
    "lease_node" integer,
    PRIMARY KEY ("queue_id", "rank", "seq"),
    CHECK (("state" = 'delayed') = ("available_at" IS NOT NULL)),
    CHECK (("state" = 'leased') = ("lease_token" IS NOT NULL)),
    CHECK (("state" = 'leased') = ("leased_until" IS NOT NULL))
) WITH (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX "deferred_ready" ON "warren"."deferred" ("queue_id", "rank", "seq") WHERE "state" = 'ready';
CREATE INDEX "deferred_leased" ON "warren"."deferred" ("leased_until") WHERE "state" = 'leased';
CREATE INDEX "deferred_delayed" ON "warren"."deferred" ("available_at") WHERE "state" = 'delayed';

CREATE TABLE "warren"."envelope" (
    "queue_id" integer NOT NULL,
    "seq" bigint NOT NULL,
    "exchange" text COLLATE "C" NOT NULL,
    "routing_key" text COLLATE "C" NOT NULL,
    "properties" bytea NOT NULL,
    PRIMARY KEY ("queue_id", "seq")
);

-- One row per dead letter that lies in a queue; goes when its entry goes.
CREATE TABLE "warren"."dead_letter" (
    "vhost_id" integer NOT NULL,
    "queue_id" integer NOT NULL,
    -- As in its entry, so that the list finds the entry by its key.
    "rank" smallint NOT NULL DEFAULT 0,
    "seq" bigint NOT NULL,
    "died_at" timestamptz NOT NULL DEFAULT now(),
    "reason" text NOT NULL CHECK ("reason" IN ('rejected', 'expired', 'maxlen', 'delivery_limit')),
    "count" integer NOT NULL CHECK ("count" >= 1),
    "origin_queue" text COLLATE "C" NOT NULL,
    "origin_exchange" text COLLATE "C" NOT NULL,
    "origin_routing_key" text COLLATE "C" NOT NULL,
    "error_type" text,
    "error_message" text,
    PRIMARY KEY ("queue_id", "seq")
);
CREATE INDEX "dead_letter_listed" ON "warren"."dead_letter" ("vhost_id", "seq", "queue_id");
CREATE INDEX "dead_letter_origin" ON "warren"."dead_letter" ("vhost_id", "origin_queue", "seq");

-- What was discarded, purged, or dropped for want of a dead-letter exchange, until it expires or is restored.
CREATE TABLE "warren"."trash_batch" (
    "id" uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "action" text NOT NULL CHECK ("action" IN ('discard', 'purge', 'drop')),
    "queue_name" text COLLATE "C",
    "count" integer NOT NULL CHECK ("count" >= 0),
    "by" text NOT NULL,
    "at" timestamptz NOT NULL DEFAULT now(),
    "expires_at" timestamptz NOT NULL,
    "restored_at" timestamptz
);
CREATE INDEX "trash_batch_listed" ON "warren"."trash_batch" ("vhost_id", "at");
CREATE INDEX "trash_batch_expires" ON "warren"."trash_batch" ("expires_at");

CREATE TABLE "warren"."trash" (
    "batch_id" uuid NOT NULL,
    "queue_id" integer NOT NULL,
    "rank" smallint NOT NULL,
    "seq" bigint NOT NULL,
    "message_id" bigint NOT NULL,
    "enqueued_at" timestamptz NOT NULL,
    "expires_at" timestamptz,
    "bytes" integer NOT NULL,
    "has_envelope" boolean NOT NULL,
    "dead" boolean NOT NULL,
    "redelivered" boolean NOT NULL,
    "delivery_count" integer NOT NULL,
    -- The row of "dead_letter" as it was; its envelope stays where it is until the trash goes.
    "dead_letter" jsonb,
    PRIMARY KEY ("batch_id", "queue_id", "seq")
);

CREATE TABLE "warren"."queue_counter" (
    "queue_id" integer PRIMARY KEY,
    "ready" bigint NOT NULL DEFAULT 0,
    "unacked" bigint NOT NULL DEFAULT 0,
    "delayed" bigint NOT NULL DEFAULT 0,
    "ready_bytes" bigint NOT NULL DEFAULT 0,
    "unacked_bytes" bigint NOT NULL DEFAULT 0,
    "dead" bigint NOT NULL DEFAULT 0,
    "publish" bigint NOT NULL DEFAULT 0,
    "deliver" bigint NOT NULL DEFAULT 0,
    "deliver_no_ack" bigint NOT NULL DEFAULT 0,
    "get" bigint NOT NULL DEFAULT 0,
    "get_no_ack" bigint NOT NULL DEFAULT 0,
    "ack" bigint NOT NULL DEFAULT 0,
    "redeliver" bigint NOT NULL DEFAULT 0,
    -- When a delta was last folded into it.
    "changed_at" timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

CREATE TABLE "warren"."queue_delta" (
    "queue_id" integer NOT NULL,
    "ready" integer NOT NULL DEFAULT 0,
    "unacked" integer NOT NULL DEFAULT 0,
    "delayed" integer NOT NULL DEFAULT 0,
    "ready_bytes" bigint NOT NULL DEFAULT 0,
    "unacked_bytes" bigint NOT NULL DEFAULT 0,
    "dead" integer NOT NULL DEFAULT 0,
    "publish" integer NOT NULL DEFAULT 0,
    "deliver" integer NOT NULL DEFAULT 0,
    "deliver_no_ack" integer NOT NULL DEFAULT 0,
    "get" integer NOT NULL DEFAULT 0,
    "get_no_ack" integer NOT NULL DEFAULT 0,
    "ack" integer NOT NULL DEFAULT 0,
    "redeliver" integer NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.1);

CREATE TABLE "warren"."exchange_counter" (
    "exchange_id" integer PRIMARY KEY,
    "publish_in" bigint NOT NULL DEFAULT 0,
    "publish_out" bigint NOT NULL DEFAULT 0,
    "return_unroutable" bigint NOT NULL DEFAULT 0,
    "drop_unroutable" bigint NOT NULL DEFAULT 0,
    "changed_at" timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 50);

-- What ever happened in a vhost, folded from the same deltas; unlike a sum over its queues it never shrinks when a
-- queue is deleted. "publish" counts messages (what came in at exchanges), not routed copies.
CREATE TABLE "warren"."vhost_counter" (
    "vhost_id" integer PRIMARY KEY,
    "publish" bigint NOT NULL DEFAULT 0,
    "deliver" bigint NOT NULL DEFAULT 0,
    "deliver_no_ack" bigint NOT NULL DEFAULT 0,
    "get" bigint NOT NULL DEFAULT 0,
    "get_no_ack" bigint NOT NULL DEFAULT 0,
    "ack" bigint NOT NULL DEFAULT 0,
    "redeliver" bigint NOT NULL DEFAULT 0,
    "return_unroutable" bigint NOT NULL DEFAULT 0,
    "drop_unroutable" bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE "warren"."exchange_delta" (
    "exchange_id" integer NOT NULL,
    "publish_in" integer NOT NULL DEFAULT 0,
    "publish_out" integer NOT NULL DEFAULT 0,
    "return_unroutable" integer NOT NULL DEFAULT 0,
    "drop_unroutable" integer NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.1);

-- Snapshots of the counters for charts and rates. Written only for queues whose counters changed. Every 5 s for ten
-- minutes back, then thinned to one a minute, then one each ten minutes, for a day and a half.
CREATE TABLE "warren"."queue_sample" (
    "queue_id" integer NOT NULL,
    "at" timestamptz NOT NULL,
    "ready" bigint NOT NULL,
    "unacked" bigint NOT NULL,
    "publish" bigint NOT NULL,
    "deliver" bigint NOT NULL,
    "deliver_no_ack" bigint NOT NULL,
    "get" bigint NOT NULL,
    "get_no_ack" bigint NOT NULL,
    "ack" bigint NOT NULL,
    "redeliver" bigint NOT NULL,
    PRIMARY KEY ("queue_id", "at")
);
CREATE INDEX "queue_sample_at" ON "warren"."queue_sample" ("at");

CREATE TABLE "warren"."exchange_sample" (
    "exchange_id" integer NOT NULL,
    "at" timestamptz NOT NULL,
    "publish_in" bigint NOT NULL,
    "publish_out" bigint NOT NULL,
    "return_unroutable" bigint NOT NULL,
    "drop_unroutable" bigint NOT NULL,
    PRIMARY KEY ("exchange_id", "at")
);
CREATE INDEX "exchange_sample_at" ON "warren"."exchange_sample" ("at");

-- One row per vhost at every tick of the sampler, whether anything changed or not: its times tell between which
-- moments a queue without samples stood still.
CREATE TABLE "warren"."vhost_sample" (
    "vhost_id" integer NOT NULL,
    "at" timestamptz NOT NULL,
    "ready" bigint NOT NULL,
    "unacked" bigint NOT NULL,
    "publish" bigint NOT NULL,
    "deliver" bigint NOT NULL,
    "deliver_no_ack" bigint NOT NULL,
    "get" bigint NOT NULL,
    "get_no_ack" bigint NOT NULL,
    "ack" bigint NOT NULL,
    "redeliver" bigint NOT NULL,
    "return_unroutable" bigint NOT NULL,
    "drop_unroutable" bigint NOT NULL,
    PRIMARY KEY ("vhost_id", "at")
);
CREATE INDEX "vhost_sample_at" ON "warren"."vhost_sample" ("at");

-- Running processes. A node whose heartbeat is old counts as down; its row is removed after a day. One with "gone_at"
-- has stopped, or was given up for lost: the leases that were bound to it have been returned, it gets no more, and if it
-- was only stuck it enters itself anew.
CREATE TABLE "warren"."node" (
    "id" integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "name" text NOT NULL,
    "kind" text NOT NULL CHECK ("kind" IN ('web', 'broker')),
    "version" text NOT NULL,
    "started_at" timestamptz NOT NULL DEFAULT now(),
    "last_seen_at" timestamptz NOT NULL DEFAULT now(),
    "gone_at" timestamptz
);

-- Small facts of the whole cluster, by name (e.g. whether the sample workload is to run).
CREATE TABLE "warren"."setting" (
    "name" text PRIMARY KEY,
    "value" jsonb NOT NULL,
    "changed_at" timestamptz NOT NULL DEFAULT now(),
    "changed_by" text NOT NULL
);

-- The first vhost with RabbitMQ's predeclared exchanges.
INSERT INTO "warren"."vhost" ("name", "description") VALUES ('/', 'Default virtual host');
INSERT INTO "warren"."exchange" ("vhost_id", "name", "type", "durable", "auto_delete", "internal")
SELECT v."id", e."name", e."type", true, false, e."internal"
FROM "warren"."vhost" v,
     (VALUES ('', 'direct', false), ('amq.direct', 'direct', false), ('amq.fanout', 'fanout', false),
             ('amq.topic', 'topic', false), ('amq.headers', 'headers', false), ('amq.match', 'headers', false),
             ('amq.rabbitmq.trace', 'topic', true)) AS e ("name", "type", "internal");
