import type { ReactNode } from "react";

/** A part of the kit under its title. */
export function Part({ title, children, wide = false }: { title: string; children: ReactNode; wide?: boolean }) {
  return (
    <section className={`min-w-0 py-3 ${wide ? "col-span-2 narrow:col-span-1" : ""}`}>
      <h2 className="mb-2 text-11 font-medium text-ink-3">{title}</h2>
      {children}
    </section>
  );
}

export const row = "mb-2 flex flex-wrap items-center gap-2";
export const i14 = "icon-14";
