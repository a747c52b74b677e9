-- What users may do in a vhost: regular expressions for the names of what they may configure, write to and read from.
-- Who has no row may not enter the vhost at all.
CREATE TABLE "warren"."permission" (
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "user" text NOT NULL REFERENCES "warren_console"."user" ("name") ON UPDATE CASCADE ON DELETE CASCADE,
    "configure" text NOT NULL,
    "write" text NOT NULL,
    "read" text NOT NULL,
    PRIMARY KEY ("vhost_id", "user")
);
CREATE INDEX "permission_of_user" ON "warren"."permission" ("user");

-- Besides, for topic exchanges: which routing keys. Without a row for an exchange, all.
CREATE TABLE "warren"."topic_permission" (
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "user" text NOT NULL REFERENCES "warren_console"."user" ("name") ON UPDATE CASCADE ON DELETE CASCADE,
    "exchange" text COLLATE "C" NOT NULL,
    "write" text NOT NULL,
    "read" text NOT NULL,
    PRIMARY KEY ("vhost_id", "user", "exchange")
);
CREATE INDEX "topic_permission_of_user" ON "warren"."topic_permission" ("user");

CREATE TABLE "warren"."vhost_limit" (
    "vhost_id" integer NOT NULL REFERENCES "warren"."vhost" ("id") ON DELETE CASCADE,
    "name" text NOT NULL CHECK ("name" IN ('max-connections', 'max-queues')),
    "value" integer NOT NULL CHECK ("value" >= -1),
    PRIMARY KEY ("vhost_id", "name")
);

CREATE TABLE "warren"."user_limit" (
    "user" text NOT NULL REFERENCES "warren_console"."user" ("name") ON UPDATE CASCADE ON DELETE CASCADE,
    "name" text NOT NULL CHECK ("name" IN ('max-connections', 'max-channels')),
    "value" integer NOT NULL CHECK ("value" >= -1),
    PRIMARY KEY ("user", "name")
);

-- RabbitMQ's global parameters: kept for who reads them; Warren has none of its own here.
CREATE TABLE "warren"."global_parameter" (
    "name" text COLLATE "C" PRIMARY KEY,
    "value" jsonb NOT NULL
);

-- Whoever was there before could do everything everywhere, and still can.
INSERT INTO "warren"."permission" ("vhost_id", "user", "configure", "write", "read")
SELECT v."id", u."name", '.*', '.*', '.*' FROM "warren"."vhost" v, "warren_console"."user" u;
