-- Ordered groups (queues with x-ordered-groups): of each group the first message that still exists may be handed out, and
-- no other. Every entry of such a queue has a group. A claim that meets entries that are not the first of their groups
-- passes them: they become ready in "deferred", where the next claims look at the first of each group.
ALTER TABLE "warren"."entry" ADD COLUMN "group_key" text COLLATE "C";
ALTER TABLE "warren"."trash" ADD COLUMN "group_key" text COLLATE "C";
ALTER TABLE "warren"."deferred" ADD COLUMN "group_key" text COLLATE "C";
CREATE INDEX "entry_group" ON "warren"."entry" ("queue_id", "group_key", "seq") WHERE "group_key" IS NOT NULL;
CREATE INDEX "deferred_group" ON "warren"."deferred" ("queue_id", "group_key", "seq")
    WHERE "state" = 'ready' AND "group_key" IS NOT NULL;
