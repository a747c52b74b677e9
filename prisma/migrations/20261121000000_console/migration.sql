-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "warren_console";

-- CreateTable
CREATE TABLE "warren_console"."user" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "name" TEXT NOT NULL,
    "password_hash" TEXT NOT NULL,
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "user_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "warren_console"."session" (
    "id" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "address" TEXT NOT NULL DEFAULT '',
    "user_agent" TEXT NOT NULL DEFAULT '',

    CONSTRAINT "session_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "warren_console"."message_template" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "vhost" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "message_template_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "warren_console"."audit" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "user" TEXT NOT NULL,
    "address" TEXT NOT NULL DEFAULT '',
    "door" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "vhost" TEXT,
    "target" TEXT NOT NULL DEFAULT '',
    "detail" JSONB NOT NULL DEFAULT '{}',
    "outcome" TEXT NOT NULL,

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id"),
    -- Prisma leaves checks alone: forbid what no outcome is called.
    CONSTRAINT "audit_outcome_check" CHECK ("outcome" IN ('done', 'refused', 'failed'))
);

-- CreateIndex
CREATE UNIQUE INDEX "user_name_key" ON "warren_console"."user"("name");

-- CreateIndex
CREATE INDEX "session_user_id_idx" ON "warren_console"."session"("user_id");

-- CreateIndex
CREATE INDEX "session_expires_at_idx" ON "warren_console"."session"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "message_template_user_id_vhost_name_key" ON "warren_console"."message_template"("user_id", "vhost", "name");

-- CreateIndex
CREATE INDEX "audit_at_id_idx" ON "warren_console"."audit"("at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "audit_user_at_idx" ON "warren_console"."audit"("user", "at" DESC);

-- CreateIndex
CREATE INDEX "audit_action_at_idx" ON "warren_console"."audit"("action", "at" DESC);

-- AddForeignKey
ALTER TABLE "warren_console"."session" ADD CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "warren_console"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "warren_console"."message_template" ADD CONSTRAINT "message_template_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "warren_console"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
