import type { Metadata } from "next";
import { ErrorPoliciesPage } from "@/components/error-policies/error-policies-page";

export const metadata: Metadata = { title: "Error policies" };

export default function Page() {
  return <ErrorPoliciesPage />;
}
