import {
  Box,
  Cable,
  FileJson,
  Gauge,
  GitCommitVertical,
  History,
  KeyRound,
  Layers,
  ListChecks,
  ListTodo,
  type LucideIcon,
  MailQuestionMark,
  MailSearch,
  MailX,
  Plug,
  Route,
  ScrollText,
  Send,
  SlidersHorizontal,
  UserRound,
  Users,
  Waypoints,
  Workflow,
} from "lucide-react";

export type Page = {
  href: string;
  label: string;
  icon: LucideIcon;
  /** The second key after `g`. */
  key: string;
  /** Pages of one group stand together in the navigation. */
  group: (typeof groups)[number];
};

/** The groups in the order of the navigation. */
export const groups = ["broker", "messages", "admin"] as const;

/** The pages that exist, in the order of the navigation. */
export const pages: readonly Page[] = [
  { href: "/", label: "Overview", icon: Gauge, key: "o", group: "broker" },
  { href: "/connections", label: "Connections", icon: Cable, key: "c", group: "broker" },
  { href: "/channels", label: "Channels", icon: GitCommitVertical, key: "h", group: "broker" },
  { href: "/consumers", label: "Consumers", icon: Users, key: "w", group: "broker" },
  { href: "/exchanges", label: "Exchanges", icon: Waypoints, key: "e", group: "broker" },
  { href: "/queues", label: "Queues", icon: Layers, key: "q", group: "broker" },
  { href: "/topology", label: "Topology", icon: Workflow, key: "t", group: "broker" },
  { href: "/connect", label: "Connect", icon: Plug, key: "n", group: "broker" },
  { href: "/messages", label: "Messages", icon: MailSearch, key: "m", group: "messages" },
  { href: "/publish", label: "Publish", icon: Send, key: "p", group: "messages" },
  { href: "/dead-letters", label: "Dead letters", icon: MailX, key: "d", group: "messages" },
  { href: "/reviews", label: "Reviews", icon: MailQuestionMark, key: "r", group: "messages" },
  { href: "/error-policies", label: "Error policies", icon: ListChecks, key: "f", group: "messages" },
  { href: "/replay", label: "Replay", icon: History, key: "y", group: "messages" },
  { href: "/timeline", label: "Timeline", icon: Route, key: "l", group: "messages" },
  { href: "/jobs", label: "Jobs", icon: ListTodo, key: "j", group: "messages" },
  { href: "/users", label: "Users", icon: UserRound, key: "u", group: "admin" },
  { href: "/vhosts", label: "Virtual hosts", icon: Box, key: "v", group: "admin" },
  { href: "/policies", label: "Policies and limits", icon: SlidersHorizontal, key: "i", group: "admin" },
  { href: "/definitions", label: "Definitions", icon: FileJson, key: "x", group: "admin" },
  { href: "/tokens", label: "Tokens", icon: KeyRound, key: "k", group: "admin" },
  { href: "/audit", label: "Audit", icon: ScrollText, key: "a", group: "admin" },
];

/** The page that a path belongs to. */
export function pageOf(pathname: string): Page | undefined {
  return pages.find((page) => (page.href === "/" ? pathname === "/" : `${pathname}/`.startsWith(`${page.href}/`)));
}
