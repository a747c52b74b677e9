import type { Metadata } from "next";
import { VhostsPage } from "@/components/vhosts/vhosts-page";

export const metadata: Metadata = { title: "Virtual hosts" };

export default function Page() {
  return <VhostsPage />;
}
