"use client";

import dynamic from "next/dynamic";
import { useEffect } from "react";
import { PanelSkeleton } from "@/components/messages/panel-skeleton";

const load = () => import("@/components/messages/message-panel").then((parts) => parts.MessagePanel);

/** One message beside its list. It comes after the list, since a first look at the list needs none of its viewers. */
export const LateMessagePanel = dynamic(load, { ssr: false, loading: PanelSkeleton });

/** Fetches the panel while the reader looks at the list, so that the first message opens at once. */
export function useMessagePanelSoon(): void {
  useEffect(() => {
    const timer = setTimeout(() => void load(), 500);
    return () => clearTimeout(timer);
  }, []);
}
