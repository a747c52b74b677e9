import type { Metadata } from "next";
import { Suspense } from "react";
import { KitParts } from "@/app/kit/kit-parts";
import { KitTable } from "@/app/kit/kit-table";
import { Providers } from "@/components/shell/providers";
import { Shell } from "@/components/shell/shell";
import { PageHead } from "@/components/ui/page-head";

export const metadata: Metadata = { title: "Parts" };

/** Every part in every state, for looking at; `?table=1` is a list page. Only there while developing. */
export default async function KitPage({ searchParams }: { searchParams: Promise<Record<string, string | undefined>> }) {
  const { table, rows, state } = await searchParams;
  return (
    <Providers>
      <Suspense>
        <Shell>
          {table === undefined ? (
            <>
              <PageHead title="Parts" note="in every state they have" divided />
              <KitParts />
            </>
          ) : (
            <KitTable rows={Number(rows ?? 214)} mode={state} />
          )}
        </Shell>
      </Suspense>
    </Providers>
  );
}
