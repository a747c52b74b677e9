import type { Metadata } from "next";
import { DefinitionsPage } from "@/components/definitions/definitions-page";

export const metadata: Metadata = { title: "Definitions" };

export default function Page() {
  return <DefinitionsPage />;
}
