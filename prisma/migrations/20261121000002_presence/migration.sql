-- Who is connected to the AMQP doors, as each broker node reports it about once a second. A report is a document in the
-- words of lib/broker/presence.ts; the columns beside it are what is looked for. "key" is the node's own number for it.
-- Rows of a node without a fresh heartbeat don't count; they go with the node, or soon before.
CREATE TABLE "warren"."connection" (
    "node_id" integer NOT NULL REFERENCES "warren"."node" ("id") ON DELETE CASCADE,
    "key" text COLLATE "C" NOT NULL,
    "name" text COLLATE "C" NOT NULL,
    "vhost" text COLLATE "C" NOT NULL,
    "report" jsonb NOT NULL,
    PRIMARY KEY ("node_id", "key")
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);

CREATE TABLE "warren"."channel" (
    "node_id" integer NOT NULL REFERENCES "warren"."node" ("id") ON DELETE CASCADE,
    "key" text COLLATE "C" NOT NULL,
    "connection" text COLLATE "C" NOT NULL,
    "vhost" text COLLATE "C" NOT NULL,
    "report" jsonb NOT NULL,
    PRIMARY KEY ("node_id", "key")
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);

CREATE TABLE "warren"."consumer" (
    "node_id" integer NOT NULL REFERENCES "warren"."node" ("id") ON DELETE CASCADE,
    "key" text COLLATE "C" NOT NULL,
    "vhost" text COLLATE "C" NOT NULL,
    "queue" text COLLATE "C" NOT NULL,
    -- Has no room for another message.
    "full" boolean NOT NULL,
    "report" jsonb NOT NULL,
    PRIMARY KEY ("node_id", "key")
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200);

-- Connections that somebody wants closed; the node that has them takes the rows out and closes them.
CREATE TABLE "warren"."connection_close" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "node_id" integer NOT NULL REFERENCES "warren"."node" ("id") ON DELETE CASCADE,
    "key" text COLLATE "C" NOT NULL,
    "reason" text NOT NULL,
    "asked_by" text NOT NULL,
    "asked_at" timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX "connection_close_node" ON "warren"."connection_close" ("node_id");
