import type { ReactNode } from "react";
import { Link } from "@/components/ui/link";

/** A link in running text: underlined, so that it is not told by colour alone. */
export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="link">
      {children}
    </Link>
  );
}
