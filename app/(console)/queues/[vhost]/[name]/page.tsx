import type { Metadata } from "next";
import { type NamedParams, namesOf } from "@/components/queues/params";
import { QueueOverviewPage } from "@/components/queues/queue-overview-page";

export async function generateMetadata(props: NamedParams): Promise<Metadata> {
  const { name } = await namesOf(props);
  return { title: `${name} · Queues` };
}

export default async function Page(props: NamedParams) {
  return <QueueOverviewPage {...(await namesOf(props))} />;
}
