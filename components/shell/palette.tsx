"use client";

import { Dialog as Base } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import { Keyboard, Layers, Search, SunMoon, Waypoints } from "lucide-react";
import { useRouter } from "next/navigation";
import { type ReactNode, useMemo, useState } from "react";
import { pages } from "@/components/shell/pages";
import { useTheme } from "@/components/shell/theme";
import { useFrameVhost, withVhost } from "@/components/shell/vhost";
import { Kbd } from "@/components/ui/kbd";
import { NameText } from "@/components/ui/visible-text";
import { encodeName } from "@/lib/api-client/client";
import { exchangesQuery } from "@/lib/api-client/exchanges";
import { queuesQuery } from "@/lib/api-client/queues";

const line =
  "flex min-h-8 cursor-default items-center gap-2 rounded-5 px-2 data-[selected=true]:bg-hover-raised [&_svg]:text-ink-3 phone:min-h-10";
const most = 8;

/** The best matches of a list: names that begin with what is sought, then those that hold it. */
function best<Thing extends { name: string }>(things: readonly Thing[], sought: string): Thing[] {
  if (sought === "") return [];
  const begins: Thing[] = [];
  const holds: Thing[] = [];
  for (const thing of things) {
    const place = thing.name.toLowerCase().indexOf(sought);
    if (place === 0) begins.push(thing);
    else if (place > 0 && holds.length < most) holds.push(thing);
    if (begins.length === most) break;
  }
  return [...begins, ...holds].slice(0, most);
}

/** Ctrl K: pages, queues, exchanges and actions by a part of their name. */
export default function Palette({ open, onClose, onKeys }: { open: boolean; onClose: () => void; onKeys: () => void }) {
  const [text, setText] = useState("");
  const router = useRouter();
  const { kept } = useFrameVhost();
  const [theme, setTheme] = useTheme();
  const queues = useQuery({ ...queuesQuery(null), enabled: open, refetchInterval: false });
  const exchanges = useQuery({ ...exchangesQuery(null), enabled: open, refetchInterval: false });
  const sought = text.trim().toLowerCase();

  const matchingPages = pages.filter((page) => page.label.toLowerCase().includes(sought));
  const matchingQueues = useMemo(() => best(queues.data ?? [], sought), [queues.data, sought]);
  const matchingExchanges = useMemo(() => best(exchanges.data ?? [], sought), [exchanges.data, sought]);
  const actions = [
    {
      label: theme === "dark" ? "Switch to light" : "Switch to dark",
      icon: <SunMoon className="icon-14" aria-hidden="true" />,
      run: () => setTheme(theme === "dark" ? "light" : "dark"),
    },
    { label: "Show all keys", icon: <Keyboard className="icon-14" aria-hidden="true" />, run: onKeys },
  ].filter((action) => action.label.toLowerCase().includes(sought));

  const close = () => {
    setText("");
    onClose();
  };
  const go = (href: string) => () => {
    close();
    router.push(href);
  };
  const several = new Set([...(queues.data ?? []), ...(exchanges.data ?? [])].map((thing) => thing.vhost)).size > 1;

  return (
    <Base.Root open={open} onOpenChange={(next) => !next && close()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-(--z-dialog) bg-veil" />
        <Base.Popup
          aria-label="Search or jump to"
          className="fixed top-[12vh] left-1/2 z-(--z-dialog) w-[min(560px,calc(100vw-24px))] -translate-x-1/2 rounded-8 bg-raised shadow-dialog outline-none phone:top-3"
        >
          <Command shouldFilter={false} label="Search or jump to" loop>
            <div className="flex items-center gap-2 border-b border-line px-3">
              <Search className="icon-16 text-ink-3" aria-hidden="true" />
              <Command.Input
                autoFocus
                value={text}
                onValueChange={setText}
                placeholder="A page, queue, exchange or action"
                className="h-11 min-w-0 flex-1 bg-transparent text-13 outline-none"
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.List className="max-h-[min(420px,60vh)] overflow-y-auto p-1">
              <Command.Empty className="px-3 py-6 text-center text-12 text-ink-3">
                No page, queue or exchange has this in its name
              </Command.Empty>
              <Group title="Pages" show={matchingPages.length > 0}>
                {matchingPages.map((page) => (
                  <Command.Item
                    key={page.href}
                    value={`page ${page.href}`}
                    onSelect={go(withVhost(page.href, kept))}
                    className={line}
                  >
                    <page.icon className="icon-14" aria-hidden="true" />
                    {page.label}
                    <span className="ml-auto flex gap-1">
                      <Kbd>g</Kbd>
                      <Kbd>{page.key}</Kbd>
                    </span>
                  </Command.Item>
                ))}
              </Group>
              <Group title="Queues" show={matchingQueues.length > 0}>
                {matchingQueues.map((queue) => (
                  <Command.Item
                    key={`${queue.vhost} ${queue.name}`}
                    value={`queue ${queue.vhost} ${queue.name}`}
                    onSelect={go(`/queues/${encodeName(queue.vhost)}/${encodeName(queue.name)}`)}
                    className={line}
                  >
                    <Layers className="icon-14" aria-hidden="true" />
                    <code className="clip-text">
                      <NameText text={queue.name} />
                    </code>
                    {several && (
                      <span className="ml-auto text-11 text-ink-3">
                        <NameText text={queue.vhost} />
                      </span>
                    )}
                  </Command.Item>
                ))}
              </Group>
              <Group title="Exchanges" show={matchingExchanges.length > 0}>
                {matchingExchanges.map((exchange) => (
                  <Command.Item
                    key={`${exchange.vhost} ${exchange.name}`}
                    value={`exchange ${exchange.vhost} ${exchange.name}`}
                    onSelect={go(
                      `/exchanges/${encodeName(exchange.vhost)}/${encodeName(exchange.name || "amq.default")}`,
                    )}
                    className={line}
                  >
                    <Waypoints className="icon-14" aria-hidden="true" />
                    <code className="clip-text">
                      <NameText text={exchange.name} />
                    </code>
                    {several && (
                      <span className="ml-auto text-11 text-ink-3">
                        <NameText text={exchange.vhost} />
                      </span>
                    )}
                  </Command.Item>
                ))}
              </Group>
              <Group title="Actions" show={actions.length > 0}>
                {actions.map((action) => (
                  <Command.Item
                    key={action.label}
                    value={`action ${action.label}`}
                    onSelect={() => {
                      close();
                      action.run();
                    }}
                    className={line}
                  >
                    {action.icon}
                    {action.label}
                  </Command.Item>
                ))}
              </Group>
            </Command.List>
          </Command>
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

function Group({ title, show, children }: { title: string; show: boolean; children: ReactNode }) {
  if (!show) return null;
  return (
    <Command.Group
      heading={title}
      className="[&>[cmdk-group-heading]]:px-2 [&>[cmdk-group-heading]]:py-1 [&>[cmdk-group-heading]]:text-11 [&>[cmdk-group-heading]]:text-ink-3"
    >
      {children}
    </Command.Group>
  );
}
