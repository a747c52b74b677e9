-- Publishing from a user's own transaction (docs/sql-publish.md): warren.publish() writes a row here, which exists if and
-- only if that transaction commits. The leading node takes rows out in the transaction that stores their messages.
CREATE TABLE "warren"."outbox" (
    "id" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Who wrote it: what one transaction published is stored in its order.
    "transaction" xid8 NOT NULL DEFAULT pg_current_xact_id(),
    "vhost" text COLLATE "C" NOT NULL,
    "exchange" text COLLATE "C" NOT NULL,
    "routing_key" text COLLATE "C" NOT NULL,
    -- In the words of the management API: {"delivery_mode": 2, "headers": {...}}.
    "properties" jsonb NOT NULL,
    "body" bytea NOT NULL,
    "published_by" text NOT NULL DEFAULT session_user,
    "published_at" timestamptz NOT NULL DEFAULT now(),
    -- Why it could not be stored the last time, and when that is tried again; null for one that is next.
    "error" text,
    "attempts" integer NOT NULL DEFAULT 0,
    "retry_at" timestamptz
) WITH (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE "warren"."outbox" ALTER COLUMN "body" SET STORAGE EXTERNAL;
CREATE INDEX "outbox_next" ON "warren"."outbox" ("id") WHERE "retry_at" IS NULL;
CREATE INDEX "outbox_retry" ON "warren"."outbox" ("retry_at") WHERE "retry_at" IS NOT NULL;

-- What is wrong is said at once, in the caller's transaction, as far as it can be known there. SECURITY DEFINER: callers
-- need the right to this function and no other. The notification is sent when (and if) the transaction commits, once
-- however many messages it published.
CREATE FUNCTION "warren"."publish"(
    "exchange" text, "routing_key" text, "body" bytea, "properties" jsonb DEFAULT '{}', "vhost" text DEFAULT '/'
) RETURNS bigint LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    number bigint;
    is_internal boolean;
    member text;
BEGIN
    SELECT e.internal INTO is_internal
    FROM warren.vhost v JOIN warren.exchange e ON e.vhost_id = v.id
    WHERE v.name = publish.vhost AND e.name = publish.exchange;
    IF is_internal IS NULL THEN
        RAISE EXCEPTION 'no exchange ''%'' in vhost ''%''', publish.exchange, publish.vhost USING ERRCODE = 'undefined_object';
    ELSIF is_internal THEN
        RAISE EXCEPTION 'cannot publish to internal exchange ''%'' in vhost ''%''', publish.exchange, publish.vhost
            USING ERRCODE = 'insufficient_privilege';
    ELSIF octet_length(publish.routing_key) > 255 THEN
        RAISE EXCEPTION 'a routing key has at most 255 bytes, this one has %', octet_length(publish.routing_key)
            USING ERRCODE = 'string_data_right_truncation';
    ELSIF octet_length(publish.body) > 134217728 THEN
        RAISE EXCEPTION 'a body has at most 134217728 bytes, this one has %', octet_length(publish.body)
            USING ERRCODE = 'program_limit_exceeded';
    ELSIF jsonb_typeof(publish.properties) <> 'object' THEN
        RAISE EXCEPTION 'properties must be an object, not %', jsonb_typeof(publish.properties)
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    FOR member IN SELECT jsonb_object_keys(publish.properties) LOOP
        IF member <> ALL (ARRAY['content_type', 'content_encoding', 'headers', 'delivery_mode', 'priority',
            'correlation_id', 'reply_to', 'expiration', 'message_id', 'timestamp', 'type', 'user_id', 'app_id', 'cluster_id'])
        THEN
            RAISE EXCEPTION '"%" is not a message property', member USING ERRCODE = 'invalid_parameter_value';
        END IF;
    END LOOP;
    INSERT INTO warren.outbox (vhost, exchange, routing_key, properties, body)
    VALUES (publish.vhost, publish.exchange, publish.routing_key,
            '{"delivery_mode": 2}'::jsonb || publish.properties, publish.body)
    RETURNING id INTO number;
    PERFORM pg_notify('warren', 'outbox 0');
    RETURN number;
END
$$;
-- An administrator grants it to whom it is meant for: it publishes to every exchange of every vhost.
REVOKE ALL ON FUNCTION "warren"."publish"(text, text, bytea, jsonb, text) FROM PUBLIC;
