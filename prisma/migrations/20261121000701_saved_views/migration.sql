-- Views of lists that people have saved under a name: what stands in the address of the page.
CREATE TABLE "warren_console"."saved_view" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "user_id" UUID NOT NULL,
    "page" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "search" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "saved_view_user_id_page_name_key" ON "warren_console"."saved_view"("user_id", "page", "name");
ALTER TABLE "warren_console"."saved_view" ADD CONSTRAINT "saved_view_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "warren_console"."user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
