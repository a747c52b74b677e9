/** The path of a page of one queue or exchange; its segments are still percent-encoded. */
export interface NamedParams {
  readonly params: Promise<{ readonly vhost: string; readonly name: string }>;
}

export interface QueueName {
  readonly vhost: string;
  readonly name: string;
}

/** Vhost and name of such a path, decoded. */
export async function namesOf({ params }: NamedParams): Promise<QueueName> {
  const { vhost, name } = await params;
  return { vhost: decodeURIComponent(vhost), name: decodeURIComponent(name) };
}
