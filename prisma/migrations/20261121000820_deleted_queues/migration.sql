-- A queue that a person deleted, until its batch of the trash expires or is restored. Its messages stay where they are in
-- "entry", under a number that nobody sees any more; what is deleted with it is kept here, as it was.
ALTER TABLE "warren"."trash_batch" DROP CONSTRAINT "trash_batch_action_check";
ALTER TABLE "warren"."trash_batch" ADD CONSTRAINT "trash_batch_action_check"
    CHECK ("action" IN ('discard', 'purge', 'drop', 'delete'));

CREATE TABLE "warren"."trash_queue" (
    "queue_id" integer PRIMARY KEY,
    "batch_id" uuid NOT NULL UNIQUE REFERENCES "warren"."trash_batch" ("id") ON DELETE CASCADE,
    -- Its row of "queue".
    "queue" jsonb NOT NULL,
    -- Its rows of "cursor": rank and seq.
    "cursors" jsonb NOT NULL,
    -- Its rows of "binding", with the names of the exchanges: one of that name may have been made anew meanwhile.
    "bindings" jsonb NOT NULL
);
