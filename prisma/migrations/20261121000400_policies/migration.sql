-- Policies: limits and other optional arguments for every queue or exchange whose name a pattern fits. Of each kind the
-- one of the highest priority applies; those of operators are merged into those of users.
CREATE TABLE "warren"."policy" (
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "kind" text NOT NULL CHECK ("kind" IN ('user', 'operator')),
    "name" text COLLATE "C" NOT NULL CHECK (octet_length("name") BETWEEN 1 AND 255),
    "pattern" text NOT NULL,
    "apply_to" text NOT NULL CHECK ("apply_to" IN ('queues', 'classic_queues', 'quorum_queues', 'streams', 'exchanges', 'all')),
    "priority" integer NOT NULL,
    "definition" jsonb NOT NULL CHECK (jsonb_typeof("definition") = 'object'),
    PRIMARY KEY ("vhost_id", "kind", "name")
);
