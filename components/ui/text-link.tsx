import Link from "next/link";
import type { ReactNode } from "react";

/** A link in running text: underlined, so that it is not told by colour alone. */
export function TextLink({ href, children }: { href: string; children: ReactNode }) {
  return (
    <Link href={href} className="link">
      {children}
    </Link>
  );
}
