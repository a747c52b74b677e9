-- What the AMQP doors of several broker nodes have to agree on.

-- Who consumes from which queue, on whichever node. Rows are made and deleted under the lock of the queue's row: so it is
-- decided whether a consumer may have its queue for itself, who is the single active one (the lowest id), and who is the
-- last to go.
CREATE TABLE "warren"."subscription" (
    -- Grows with the order of subscription.
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "queue_id" integer NOT NULL REFERENCES "warren"."queue" ("id") ON DELETE CASCADE,
    "node_id" integer NOT NULL REFERENCES "warren"."node" ("id") ON DELETE CASCADE,
    -- As in "consumer", which tells whether it has room.
    "key" text COLLATE "C" NOT NULL,
    "exclusive" boolean NOT NULL,
    "priority" bigint NOT NULL
);
CREATE INDEX "subscription_queue" ON "warren"."subscription" ("queue_id", "id");
CREATE INDEX "subscription_node" ON "warren"."subscription" ("node_id");

-- Tells the nodes of which queues the consumers have changed; of all, when there are too many to name.
CREATE FUNCTION "warren"."subscriptions_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids text;
BEGIN
    SELECT string_agg(DISTINCT "queue_id"::text, ',') INTO ids FROM changed;
    IF ids IS NOT NULL THEN
        PERFORM pg_notify('warren', 'subscriptions ' || CASE WHEN length(ids) < 7000 THEN ids ELSE '' END);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER "subscription_made" AFTER INSERT ON "warren"."subscription"
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "warren"."subscriptions_changed"();
CREATE TRIGGER "subscription_ended" AFTER DELETE ON "warren"."subscription"
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "warren"."subscriptions_changed"();

-- On which node the connection is that an exclusive queue belongs to; with that node the queue goes. Node 0 has never
-- been there: queues from before this table, whose connections nobody knows.
CREATE TABLE "warren"."queue_owner" (
    "queue_id" integer PRIMARY KEY REFERENCES "warren"."queue" ("id") ON DELETE CASCADE,
    "node_id" integer NOT NULL
);
INSERT INTO "warren"."queue_owner" SELECT "id", 0 FROM "warren"."queue" WHERE "exclusive";

-- Answers to direct replies (amq.rabbitmq.reply-to) on their way to the node of the one who asked. They are not kept.
CREATE UNLOGGED TABLE "warren"."direct_reply" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "node_id" integer NOT NULL REFERENCES "warren"."node" ("id") ON DELETE CASCADE,
    "routing_key" text COLLATE "C" NOT NULL,
    "properties" bytea NOT NULL,
    "body" bytea NOT NULL
);
CREATE INDEX "direct_reply_node" ON "warren"."direct_reply" ("node_id");
