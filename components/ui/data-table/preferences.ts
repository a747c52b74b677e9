"use client";

import { useRemembered } from "@/components/ui/remembered";

export type Density = "compact" | "normal" | "roomy";

/** Row heights in pixels. */
export const rowHeight: Record<Density, number> = { compact: 28, normal: 36, roomy: 44 };
export const phoneRowHeight = 52;

/** How close rows stand together, the same in every table. */
export const useDensity = () => useRemembered<Density>("density", "normal");

const asMade: Readonly<Record<string, boolean>> = {};

/** The columns that the reader switched on or off in the table of that name. */
export const useSwitchedColumns = (table: string) =>
  useRemembered<Readonly<Record<string, boolean>>>(`columns.${table}`, asMade);
