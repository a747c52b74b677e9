import type { Metadata } from "next";
import Link from "next/link";
import { Mark } from "@/components/ui/mark";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="grid h-full place-items-center bg-surface p-4">
      <div className="max-w-sm text-center">
        <Mark className="mx-auto mb-4 size-8 text-ink-3" />
        <h1>There is no page at this address</h1>
        <p className="mt-1 mb-4 text-ink-2">It may have been typed wrong, or name something that was deleted since.</p>
        <Link href="/" className="link">
          Go to the overview
        </Link>
      </div>
    </main>
  );
}
