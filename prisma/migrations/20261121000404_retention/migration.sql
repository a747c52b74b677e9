-- How long a partition stays at least after it was left, in ms: the longest that a queue or exchange asks for whose
-- messages lie in it (x-retention, or a policy). Null: as the whole cluster.
ALTER TABLE "warren"."partition" ADD COLUMN "keep_ms" bigint CHECK ("keep_ms" > 0);
