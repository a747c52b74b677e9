import type { Metadata } from "next";
import { ReviewEditPage } from "@/components/reviews/review-edit-page";

export const metadata: Metadata = { title: "Edit and retry · Reviews" };

export default function Page() {
  return <ReviewEditPage />;
}
