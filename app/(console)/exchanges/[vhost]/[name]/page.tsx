import type { Metadata } from "next";
import { ExchangeView } from "@/components/exchanges/exchange-view";
import { type NamedParams, namesOf } from "@/components/queues/params";
import { defaultExchangeInUrl, defaultExchangeLabel } from "@/lib/api-client/exchanges";

export async function generateMetadata(props: NamedParams): Promise<Metadata> {
  const { name } = await namesOf(props);
  return { title: `${name === defaultExchangeInUrl ? defaultExchangeLabel : name} · Exchanges` };
}

export default async function Page(props: NamedParams) {
  const { vhost, name } = await namesOf(props);
  return <ExchangeView vhost={vhost} name={name === defaultExchangeInUrl ? "" : name} />;
}
