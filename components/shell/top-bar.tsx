"use client";

import { useQuery } from "@tanstack/react-query";
import { ChevronsUpDown, Keyboard, LogOut, Menu as MenuIcon, Search, Server } from "lucide-react";
import { usePathname, useRouter } from "next/navigation";
import { LiveDot } from "@/components/shell/connection";
import { pageOf } from "@/components/shell/pages";
import { ThemeChoice, ThemeMenu } from "@/components/shell/theme";
import { useFrameVhost, useVhost, withVhost } from "@/components/shell/vhost";
import { IconButton } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { Link } from "@/components/ui/link";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuRule } from "@/components/ui/menu";
import { NameText } from "@/components/ui/visible-text";
import { goToLogin } from "@/lib/api-client/client";
import { overviewQuery } from "@/lib/api-client/overview";
import { logout, whoamiQuery } from "@/lib/api-client/session";
import { vhostsQuery } from "@/lib/api-client/vhosts";

const scope = "inline-flex h-7 min-w-0 items-center gap-1.5 rounded-5 px-2 whitespace-nowrap phone:h-10";

function Slash() {
  return (
    <span aria-hidden="true" className="text-line-2 phone:hidden">
      /
    </span>
  );
}

function VhostMenu() {
  const { shown, onDetail } = useFrameVhost();
  const { setVhost } = useVhost();
  const vhosts = useQuery(vhostsQuery);
  const router = useRouter();
  const page = pageOf(usePathname());
  // Base UI wants a text for every choice; a vhost's name is never empty.
  const all = "";
  const choose = (value: string) => {
    const next = value === all ? null : value;
    if (onDetail) router.push(withVhost(page?.href ?? "/", next));
    else setVhost(next);
  };
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className={`${scope} hover:bg-hover`}>
          <span className="text-ink-3 phone:sr-only">vhost</span>
          <b className="clip-text max-w-40 font-semibold">{shown === null ? "All" : <NameText text={shown} />}</b>
          <ChevronsUpDown className="icon-14 text-ink-3" aria-hidden="true" />
        </button>
      }
    >
      <MenuLabel>Show what is in</MenuLabel>
      <MenuChoice
        value={shown ?? all}
        onChange={choose}
        options={[
          { value: all, label: "All virtual hosts" },
          ...(vhosts.data ?? []).map((vhost) => ({
            value: vhost.name,
            label: (
              <code className="clip-text">
                <NameText text={vhost.name} />
              </code>
            ),
          })),
        ]}
      />
    </Menu>
  );
}

function Crumbs() {
  const pathname = usePathname();
  const { kept } = useFrameVhost();
  const page = pageOf(pathname);
  const name = pathname.split("/")[3];
  if (!page || page.href === "/" || name === undefined) return null;
  return (
    <nav aria-label="Where you are" className="contents">
      <Slash />
      <Link href={withVhost(page.href, kept)} className={`${scope} hover:bg-hover phone:hidden`}>
        {page.label}
      </Link>
      <Slash />
      <code aria-current="page" className="clip-text px-1 phone:hidden">
        <NameText text={readName(name)} />
      </code>
    </nav>
  );
}

function readName(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function PersonMenu({ onKeys }: { onKeys: () => void }) {
  const { data: person } = useQuery(whoamiQuery());
  const leave = async () => {
    await logout().catch(() => undefined);
    goToLogin(false);
  };
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="relative ml-1 grid size-6 shrink-0 place-items-center rounded-full border border-line-2 bg-surface text-11 font-semibold text-ink-2 uppercase before:absolute before:-inset-0.5 phone:before:-inset-2"
        >
          <span aria-hidden="true">{person?.name.slice(0, 2)}</span>
          <span className="sr-only">{person ? `Logged in as ${person.name}` : "You"}</span>
        </button>
      }
    >
      <div className="px-2 py-1">
        <div className="clip-text font-semibold">{person?.name ?? "Not known"}</div>
        <div className="text-11 text-ink-3">{person?.tags.join(", ") || "no tags"}</div>
      </div>
      <MenuRule />
      <ThemeChoice />
      <MenuRule />
      <MenuItem icon={<Keyboard className="icon-14" aria-hidden="true" />} keys="?" onSelect={onKeys}>
        All keys
      </MenuItem>
      <MenuItem icon={<LogOut className="icon-14" aria-hidden="true" />} onSelect={leave}>
        Log out
      </MenuItem>
    </Menu>
  );
}

/** Broker, vhost and where one is; search; whether the numbers are live; theme; person. */
export function TopBar({ onMenu, onSearch, onKeys }: { onMenu: () => void; onSearch: () => void; onKeys: () => void }) {
  const overview = useQuery(overviewQuery());
  const broker = overview.data?.cluster_name ?? overview.data?.node;
  return (
    <header className="flex min-w-0 items-center gap-1 border-b border-line bg-bg pr-3 pl-2">
      <span className="hidden phone:contents">
        <IconButton label="Pages" onClick={onMenu}>
          <MenuIcon className="icon-16" aria-hidden="true" />
        </IconButton>
      </span>
      <span className={`${scope} narrow:hidden`}>
        <Server className="icon-14 text-ink-3" aria-hidden="true" />
        <span className="text-ink-3">Broker</span>
        <b className="clip-text max-w-40 font-semibold">{broker ?? "…"}</b>
      </span>
      <span className="narrow:hidden">
        <Slash />
      </span>
      <VhostMenu />
      <Crumbs />
      <button
        type="button"
        onClick={onSearch}
        aria-keyshortcuts="Control+K Meta+K"
        className="ml-auto flex h-7 w-58 min-w-0 shrink items-center gap-2 rounded-5 border border-line-2 bg-surface pr-1 pl-2 text-left whitespace-nowrap text-ink-3 hover:bg-hover phone:size-10 phone:justify-center phone:border-0 phone:bg-transparent phone:p-0"
      >
        <Search className="icon-14 phone:size-4" aria-hidden="true" />
        <span className="clip-text phone:sr-only">Search or jump to</span>
        <span className="ml-auto phone:hidden">
          <Kbd>Ctrl K</Kbd>
        </span>
      </button>
      <LiveDot />
      <ThemeMenu />
      <PersonMenu onKeys={onKeys} />
    </header>
  );
}
