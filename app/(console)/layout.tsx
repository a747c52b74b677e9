import { type ReactNode, Suspense } from "react";
import { Providers } from "@/components/shell/providers";
import { Shell } from "@/components/shell/shell";

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return (
    <Providers>
      {/* What a page shows is in its address, which is known in the browser only. */}
      <Suspense>
        <Shell>{children}</Shell>
      </Suspense>
    </Providers>
  );
}
