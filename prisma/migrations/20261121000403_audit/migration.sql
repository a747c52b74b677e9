-- What the audit log says can't be changed or taken out any more, by nobody who goes through Warren.
CREATE FUNCTION "warren_console"."audit_is_append_only"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'insufficient_privilege';
END
$$;
CREATE TRIGGER "audit_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "warren_console"."audit"
    FOR EACH STATEMENT EXECUTE FUNCTION "warren_console"."audit_is_append_only"();

-- The log is read by what something was done to, too.
CREATE INDEX "audit_target_id_idx" ON "warren_console"."audit"("target", "id" DESC);
