import type { Metadata } from "next";
import { type NamedParams, namesOf } from "@/components/queues/params";
import { QueueArgumentsPage } from "@/components/queues/queue-arguments-page";

export async function generateMetadata(props: NamedParams): Promise<Metadata> {
  const { name } = await namesOf(props);
  return { title: `Arguments · ${name} · Queues` };
}

export default async function Page(props: NamedParams) {
  return <QueueArgumentsPage {...(await namesOf(props))} />;
}
