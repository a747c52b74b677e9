import type { Metadata } from "next";
import { ReplayPage } from "@/components/replay/replay-page";

export const metadata: Metadata = { title: "Replay" };

export default function Page() {
  return <ReplayPage />;
}
