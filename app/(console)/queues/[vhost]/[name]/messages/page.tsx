import type { Metadata } from "next";
import { type NamedParams, namesOf } from "@/components/queues/params";
import { QueueMessagesPage } from "@/components/queues/queue-messages-page";

export async function generateMetadata(props: NamedParams): Promise<Metadata> {
  const { name } = await namesOf(props);
  return { title: `Messages · ${name} · Queues` };
}

export default async function Page(props: NamedParams) {
  return <QueueMessagesPage {...(await namesOf(props))} />;
}
