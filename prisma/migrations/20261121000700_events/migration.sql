-- What happened, in the order in which it was committed: what live pages are told, and where they go on after a break.
-- Numbers are drawn under a lock that is held till the commit, so that nobody who read up to a number has missed a
-- smaller one. Rows live for some minutes only; who was away for longer looks at everything anew.
-- Counters are not here: what changed among them is told by their own times (queue_counter.changed_at ...).
CREATE TABLE "warren"."event" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    "at" timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- What it is about: vhost, exchange, queue, binding, connection, channel, consumer, and what is added later.
    "kind" text NOT NULL,
    -- created, changed, deleted, opened, closed ...
    "action" text NOT NULL,
    -- Null for what belongs to no vhost.
    "vhost" text COLLATE "C",
    "name" text COLLATE "C" NOT NULL,
    "detail" jsonb
) WITH (autovacuum_vacuum_threshold = 1000);
CREATE INDEX "event_at" ON "warren"."event" ("at");

-- Waits for other writers of events to commit. To be taken last in a transaction: nobody waits for anything under it.
CREATE FUNCTION "warren"."event_lock"() RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(7030070)
$$;

CREATE FUNCTION "warren"."event_append"(kind text, action text, vhost text, name text, detail jsonb DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
    SELECT warren.event_lock();
    INSERT INTO warren.event ("kind", "action", "vhost", "name", "detail") VALUES ($1, $2, $3, $4, $5);
$$;

-- Queues and exchanges. Those that go with their vhost are not told of one by one.
CREATE FUNCTION "warren"."object_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        PERFORM warren.event_lock();
        INSERT INTO warren.event ("kind", "action", "vhost", "name")
        SELECT TG_TABLE_NAME, TG_ARGV[0], v."name", c."name"
        FROM changed c JOIN warren.vhost v ON v."id" = c."vhost_id" ORDER BY c."id";
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION "warren"."vhost_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        PERFORM warren.event_lock();
        INSERT INTO warren.event ("kind", "action", "vhost", "name")
        SELECT 'vhost', TG_ARGV[0], c."name", c."name" FROM changed c ORDER BY c."id";
    END IF;
    RETURN NULL;
END $$;

-- A binding is named by the exchange that it leads from.
CREATE FUNCTION "warren"."binding_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        PERFORM warren.event_lock();
        INSERT INTO warren.event ("kind", "action", "vhost", "name", "detail")
        SELECT 'binding', TG_ARGV[0], v."name", coalesce(x."name", ''),
               jsonb_build_object('routing_key', c."routing_key", 'properties_key', c."properties_key")
        FROM changed c JOIN warren.vhost v ON v."id" = c."vhost_id"
        LEFT JOIN warren.exchange x ON x."id" = c."source_id" ORDER BY c."id";
    END IF;
    RETURN NULL;
END $$;

-- Connections, channels and consumers come and go in reports, once a second: one event for all of a vhost's in one.
CREATE FUNCTION "warren"."presence_event"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        PERFORM warren.event_lock();
        INSERT INTO warren.event ("kind", "action", "vhost", "name", "detail")
        SELECT TG_TABLE_NAME, TG_ARGV[0], c."vhost", '',
               jsonb_build_object('count', count(*), 'names', to_jsonb((array_agg(DISTINCT to_jsonb(c) ->> TG_ARGV[1]))[1:1000]))
        FROM changed c GROUP BY c."vhost" ORDER BY c."vhost";
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER "queue_created" AFTER INSERT ON "warren"."queue" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."object_event"('created');
CREATE TRIGGER "queue_deleted" AFTER DELETE ON "warren"."queue" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."object_event"('deleted');
CREATE TRIGGER "exchange_created" AFTER INSERT ON "warren"."exchange" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."object_event"('created');
CREATE TRIGGER "exchange_deleted" AFTER DELETE ON "warren"."exchange" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."object_event"('deleted');
CREATE TRIGGER "vhost_created" AFTER INSERT ON "warren"."vhost" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."vhost_event"('created');
CREATE TRIGGER "vhost_changed" AFTER UPDATE ON "warren"."vhost" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."vhost_event"('changed');
CREATE TRIGGER "vhost_deleted" AFTER DELETE ON "warren"."vhost" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."vhost_event"('deleted');
CREATE TRIGGER "binding_created" AFTER INSERT ON "warren"."binding" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."binding_event"('created');
CREATE TRIGGER "binding_deleted" AFTER DELETE ON "warren"."binding" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."binding_event"('deleted');

-- When a node last reported of it: a page that shows it is told to look again.
ALTER TABLE "warren"."connection" ADD COLUMN "reported_at" timestamptz NOT NULL DEFAULT now();
ALTER TABLE "warren"."channel" ADD COLUMN "reported_at" timestamptz NOT NULL DEFAULT now();
ALTER TABLE "warren"."consumer" ADD COLUMN "reported_at" timestamptz NOT NULL DEFAULT now();

CREATE TRIGGER "connection_opened" AFTER INSERT ON "warren"."connection" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."presence_event"('opened', 'name');
CREATE TRIGGER "connection_closed" AFTER DELETE ON "warren"."connection" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."presence_event"('closed', 'name');
CREATE TRIGGER "channel_opened" AFTER INSERT ON "warren"."channel" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."presence_event"('opened', 'connection');
CREATE TRIGGER "channel_closed" AFTER DELETE ON "warren"."channel" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."presence_event"('closed', 'connection');
CREATE TRIGGER "consumer_opened" AFTER INSERT ON "warren"."consumer" REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."presence_event"('opened', 'queue');
CREATE TRIGGER "consumer_closed" AFTER DELETE ON "warren"."consumer" REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION "warren"."presence_event"('closed', 'queue');
