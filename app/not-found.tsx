import type { Metadata } from "next";
import { Mark } from "@/components/ui/mark";

export const metadata: Metadata = { title: "Not found" };

export default function NotFound() {
  return (
    <main className="grid h-full place-items-center bg-surface p-4">
      <div className="max-w-sm text-center">
        <Mark className="mx-auto mb-4 size-8 text-ink-3" />
        <h1>There is no page at this address</h1>
        <p className="mt-1 mb-4 text-ink-2">It may have been typed wrong, or name something that was deleted since.</p>
        {/* A plain link: every page would load what makes it one of the console's. */}
        <a href="/" className="link">
          Go to the overview
        </a>
      </div>
    </main>
  );
}
