"use client";

import { useQuery } from "@tanstack/react-query";
import { Combobox } from "@/components/ui/combobox";
import { queueCountsQuery } from "@/lib/api-client/queue-counts";
import { formatCount } from "@/lib/format/numbers";

/** One queue, or all of them (null). */
export function QueueChooser({
  vhost,
  value,
  onChange,
  label = "Queue",
  all = "All queues",
  large = false,
}: {
  /** Null: queues of all vhosts. */
  vhost: string | null;
  value: string | undefined;
  onChange: (queue: string | null) => void;
  label?: string;
  all?: string;
  large?: boolean;
}) {
  const { data } = useQuery(queueCountsQuery(vhost));
  const names = new Map(
    (data ?? []).map((queue) => [queue.name, queue.messages_ready + queue.messages_unacknowledged]),
  );
  if (value !== undefined && !names.has(value)) names.set(value, 0);
  const options = [
    { value: "", label: all },
    ...[...names].map(([name, messages]) => ({ value: name, label: name, hint: formatCount(messages) })),
  ];
  return (
    <Combobox
      aria-label={label}
      className="w-44 shrink-0 phone:w-auto phone:min-w-44 phone:flex-1"
      large={large}
      value={value ?? ""}
      onChange={(name) => onChange(name || null)}
      options={options}
      nothing="No queue has this in its name"
    />
  );
}
