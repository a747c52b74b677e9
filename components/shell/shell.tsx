"use client";

import dynamic from "next/dynamic";
import { type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { ServerLostBanner, useConnection } from "@/components/shell/connection";
import { useLiveFeed } from "@/components/shell/live-feed";
import { GoKeys, NavigationList } from "@/components/shell/navigation";
import { TopBar } from "@/components/shell/top-bar";
import { prepareConfirm } from "@/components/ui/confirm-dialog";
import { prepareDialogs } from "@/components/ui/dialog";
import { useHotkey } from "@/components/ui/hotkeys";
import { Link } from "@/components/ui/link";
import { Mark } from "@/components/ui/mark";
import { Tips } from "@/components/ui/tips";
import { Toaster } from "@/components/ui/toast";

const Palette = dynamic(() => import("@/components/shell/palette"), { ssr: false });
const Drawer = dynamic(() => import("@/components/shell/drawer"), { ssr: false });
const KeysDialog = dynamic(() => import("@/components/shell/keys-dialog"), { ssr: false });

const JobStrip = dynamic(() => import("@/components/jobs/job-strip").then((parts) => parts.JobStrip), { ssr: false });

type Over = "nothing" | "menu" | "palette" | "keys";

/**
 * React takes over what the server sent piece by piece. The frame's questions may be answered before it comes to the page,
 * which would then differ from what was sent; so the page begins in the browser, where all that it shows comes from.
 */
const nothingToWatch = () => () => {};

/** The frame of every page: navigation, top bar, what floats over them, and the pane that the page fills. */
export function Shell({ children }: { children: ReactNode }) {
  const [over, setOver] = useState<Over>("nothing");
  // Loaded when first asked for, then kept, so that closing can be seen.
  const [asked, setAsked] = useState<ReadonlySet<Over>>(new Set());
  const { lost } = useConnection();
  useLiveFeed();
  const inBrowser = useSyncExternalStore(
    nothingToWatch,
    () => true,
    () => false,
  );
  const show = (next: Over) => {
    setAsked((before) => new Set(before).add(next));
    setOver(next);
  };
  const close = () => setOver("nothing");
  useHotkey({ keys: "?", label: "All keys", group: "Everywhere" }, () => show("keys"));

  useEffect(() => {
    // Fetched when all else is done, so that the first Ctrl K loses no letter and a dialog opens at once.
    const timer = setTimeout(() => {
      void import("@/components/shell/palette");
      prepareDialogs();
      prepareConfirm();
    }, 3000);
    return () => clearTimeout(timer);
  }, []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setAsked((before) => new Set(before).add("palette"));
      setOver((now) => (now === "palette" ? "nothing" : "palette"));
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className="grid h-dvh grid-cols-[184px_minmax(0,1fr)] grid-rows-[44px_minmax(0,1fr)] middle:grid-cols-[48px_minmax(0,1fr)] phone:grid-cols-[minmax(0,1fr)] phone:grid-rows-[48px_minmax(0,1fr)]">
      <a
        href="#main"
        className="absolute -top-12 left-2 z-(--z-toast) rounded-5 bg-accent px-3 py-1 text-on-accent focus:top-2"
      >
        Skip to the page
      </a>
      <nav
        aria-label="Pages"
        className="row-span-2 flex min-h-0 flex-col overflow-y-auto border-r border-line bg-bg phone:hidden"
      >
        <Link
          href="/"
          aria-label="Warren, overview"
          className="flex h-11 shrink-0 items-center gap-2 px-4 text-16 font-semibold tracking-[-0.01em] outline-offset-[-2px] middle:justify-center middle:px-0"
        >
          <Mark className="size-5 text-accent" />
          <span className="middle:sr-only">Warren</span>
        </Link>
        <NavigationList />
        <div className="mt-auto">
          <JobStrip />
        </div>
      </nav>
      <TopBar onMenu={() => show("menu")} onSearch={() => show("palette")} onKeys={() => show("keys")} />
      <main
        id="main"
        tabIndex={-1}
        data-lost={lost ? "" : undefined}
        className="relative flex min-h-0 min-w-0 flex-col bg-surface outline-none"
      >
        <ServerLostBanner />
        {inBrowser && children}
        <div className="hidden shrink-0 phone:block">
          <JobStrip />
        </div>
      </main>
      {asked.has("menu") && <Drawer open={over === "menu"} onClose={close} />}
      {asked.has("palette") && <Palette open={over === "palette"} onClose={close} onKeys={() => show("keys")} />}
      {asked.has("keys") && <KeysDialog open={over === "keys"} onClose={close} />}
      <GoKeys />
      <Toaster />
      <Tips />
    </div>
  );
}
