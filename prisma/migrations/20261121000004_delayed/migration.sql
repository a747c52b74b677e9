-- A message that is published with a delay lies in its queue from the beginning, but behind the cursor: its entry has a
-- number below 2^32, which no cursor is before, and a "deferred" row in state delayed. When its time has come it gets a
-- number of "seq", and with it the place at the end of the queue that it would have if it were published then.
CREATE SEQUENCE "warren"."delayed_seq" AS bigint MINVALUE 1 MAXVALUE 4294967295 CYCLE;
ALTER TABLE "warren"."cursor" ALTER COLUMN "seq" SET DEFAULT 4294967295;
UPDATE "warren"."cursor" SET "seq" = 4294967295 WHERE "seq" < 4294967295;
