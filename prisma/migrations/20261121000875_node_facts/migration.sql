-- What each process tells of itself with every beat: its memory, its files, the logins that it has seen. GET /api/nodes
-- shows it.
ALTER TABLE "warren"."node" ADD COLUMN "facts" jsonb;

-- Until when the certificate that is shown at a port is good; null where none is shown.
ALTER TABLE "warren"."listener" ADD COLUMN "certificate_until" timestamptz;
