import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { EditPage } from "@/components/edit/edit-page";

export const metadata: Metadata = { title: "Edit and retry" };

export default async function Page({ params }: { params: Promise<{ vhost: string; queue: string; id: string }> }) {
  const { vhost, queue, id } = await params;
  if (!/^\d{1,16}$/.test(id)) notFound();
  return <EditPage vhost={decodeURIComponent(vhost)} queue={decodeURIComponent(queue)} id={Number(id)} />;
}
