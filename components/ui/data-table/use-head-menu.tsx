"use client";

import { ArrowDown, ArrowUp } from "lucide-react";
import { type MouseEvent, type ReactNode, useState } from "react";
import type { Column, Sort } from "@/components/ui/data-table/columns";
import { MenuItem, MenuRule, menuParts } from "@/components/ui/menu";

type Anchor = Element | { getBoundingClientRect: () => DOMRect };

/** The menu of a column: sort either way, hide. `popup` must stand outside the table, where only rows may be. */
export function useHeadMenu<Row>(options: {
  columns: readonly Column<Row>[];
  onSort: ((sort: Sort) => void) | undefined;
  onHide: (column: string) => void;
}): { onMenu: (event: MouseEvent<HTMLElement>) => void; popup: ReactNode } {
  const { columns, onSort, onHide } = options;
  const [parts, ask] = menuParts.use();
  const [menu, setMenu] = useState<{ column: Column<Row>; anchor: Anchor }>();
  const [open, setOpen] = useState(false);

  const onMenu = async (event: MouseEvent<HTMLElement>) => {
    const head = (event.target as HTMLElement).closest<HTMLElement>("th");
    const column = columns.find((each) => each.id === head?.dataset.column);
    if (!head || !column) return;
    event.preventDefault();
    // Shift F10 has no place of its own: the menu then hangs below the head.
    const point = new DOMRect(event.clientX, event.clientY, 0, 0);
    const pointed = event.button === 2;
    await ask();
    setMenu({
      column,
      anchor: pointed ? { getBoundingClientRect: () => point } : (head.querySelector("button") ?? head),
    });
    setOpen(true);
  };

  const column = menu?.column;
  const ends = column?.align === "end" ? (["smallest", "largest"] as const) : (["A", "Z"] as const);
  const popup = parts && menu && column && (
    <parts.MenuPopup open={open} anchor={menu.anchor} align="start" side="bottom" onClose={() => setOpen(false)}>
      {column.sortBy && onSort && (
        <>
          <MenuItem
            icon={<ArrowUp className="icon-14" aria-hidden="true" />}
            onSelect={() => onSort({ column: column.id, descending: false })}
          >
            Sort {ends[0]} first
          </MenuItem>
          <MenuItem
            icon={<ArrowDown className="icon-14" aria-hidden="true" />}
            onSelect={() => onSort({ column: column.id, descending: true })}
          >
            Sort {ends[1]} first
          </MenuItem>
          <MenuRule />
        </>
      )}
      <MenuItem
        onSelect={() => onHide(column.id)}
        disabledReason={column.fixed ? "Without it a row says nothing" : undefined}
      >
        Hide {column.label}
      </MenuItem>
    </parts.MenuPopup>
  );
  return { onMenu: (event) => void onMenu(event), popup };
}
