-- Tokens that programs log in with instead of a password. Of the secret only a hash is kept.
-- CreateTable
CREATE TABLE "warren_console"."token" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "read_only" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "token_hash_key" ON "warren_console"."token"("hash");

-- CreateIndex
CREATE UNIQUE INDEX "token_user_id_name_key" ON "warren_console"."token"("user_id", "name");

-- AddForeignKey
ALTER TABLE "warren_console"."token" ADD CONSTRAINT "token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "warren_console"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
