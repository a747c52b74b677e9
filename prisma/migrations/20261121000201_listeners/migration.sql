-- Where processes take connections, as they report when they begin to listen; of those that run, GET /api/overview lists
-- them.
CREATE TABLE "warren"."listener" (
    "node_id" integer NOT NULL REFERENCES "warren"."node" ("id") ON DELETE CASCADE,
    "protocol" text NOT NULL,
    "address" text NOT NULL,
    "port" integer NOT NULL CHECK ("port" BETWEEN 1 AND 65535),
    PRIMARY KEY ("node_id", "protocol", "address", "port")
);
