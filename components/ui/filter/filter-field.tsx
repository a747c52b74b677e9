"use client";

import clsx from "clsx";
import { Search, X } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { Chip } from "@/components/ui/chip";
import { parseQuery, type Query, writeQuery } from "@/components/ui/filter/query";
import { useHotkey } from "@/components/ui/hotkeys";
import { Kbd } from "@/components/ui/kbd";

export type Completion = {
  /** What the typed word becomes: `headers.tenant:` or `state:flow`. */
  insert: string;
  /** Soft words behind it: a type, how often it occurs. */
  hint?: string;
};

/**
 * A search field: free text, and qualifiers that become chips with Space or Enter. Backspace at the start takes
 * the last chip back into the text. `/` goes there from anywhere; Escape empties it, then leaves it.
 */
export function FilterField({
  query,
  onChange,
  names,
  label,
  placeholder,
  complete,
  completeTitle,
  large = false,
  className,
}: {
  query: Query;
  onChange: (query: Query) => void;
  names: readonly string[];
  label: string;
  placeholder?: string;
  /** What could stand for the word that is being typed; not called for an empty one unless it wants to be. */
  complete?: (word: string) => readonly Completion[];
  completeTitle?: string;
  large?: boolean;
  className?: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  // What is being typed differs from what counts only while it holds a half-typed qualifier.
  const [typed, setTyped] = useState(query.text);
  const [focused, setFocused] = useState(false);
  const [at, setAt] = useState(-1);
  useEffect(() => setTyped(query.text), [query.text]);
  useHotkey({ keys: "/", label: "Search this list", group: "In a list" }, () => input.current?.select());

  const word = typed.split(" ").at(-1) ?? "";
  const completions = focused && complete ? complete(word).slice(0, 8) : [];

  const type = (text: string) => {
    setTyped(text);
    setAt(-1);
    // A qualifier counts once it is finished: until then "state:fl" would match nothing.
    const unfinished = names.some((name) =>
      (text.split(" ").at(-1) ?? "").startsWith(name.endsWith(".") ? name : `${name}:`),
    );
    if (!unfinished) onChange({ ...query, text });
  };
  const settle = (text: string) => {
    const parsed = parseQuery(text, names);
    const settled = { terms: [...query.terms, ...parsed.terms], text: parsed.text };
    if (writeQuery(settled) !== writeQuery(query)) onChange(settled);
    setTyped(parsed.text);
    setAt(-1);
  };
  const take = (completion: Completion) => {
    const text = [...typed.split(" ").slice(0, -1), completion.insert].join(" ");
    if (completion.insert.endsWith(":") || completion.insert.endsWith(".")) type(text);
    else settle(text);
    input.current?.focus();
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = completions[at];
    if (event.key === "ArrowDown" && completions.length > 0) setAt((at + 1) % completions.length);
    else if (event.key === "ArrowUp" && completions.length > 0) setAt((at <= 0 ? completions.length : at) - 1);
    else if ((event.key === "Tab" || event.key === "Enter") && chosen) take(chosen);
    else if (event.key === "Enter") settle(typed);
    else if (event.key === " " && parseQuery(typed, names).terms.length > 0 && !typed.includes('"')) settle(typed);
    else if (event.key === "Escape" && typed !== "") settle("");
    else if (event.key === "Escape") input.current?.blur();
    else if (event.key === "Backspace" && input.current?.selectionEnd === 0 && query.terms.length > 0) {
      const last = query.terms.at(-1);
      onChange({ ...query, terms: query.terms.slice(0, -1) });
      if (last) setTyped(`${last.name}:${last.value}${typed === "" ? "" : ` ${typed}`}`);
    } else return;
    event.preventDefault();
  };

  return (
    <search className={clsx("relative block min-w-0 flex-1", className)}>
      <div
        onPointerDown={(event) => {
          if (event.target !== event.currentTarget) return;
          event.preventDefault();
          input.current?.focus();
        }}
        className={clsx(
          "flex flex-wrap items-center gap-1.5 rounded-5 border border-control bg-raised px-2 py-[3px] focus-within:border-transparent focus-within:outline-2 focus-within:outline-accent phone:min-h-10",
          large ? "min-h-8" : "min-h-7",
        )}
      >
        <Search className="icon-14 pointer-events-none text-ink-3" aria-hidden="true" />
        {query.terms.map((term, index) => (
          <Chip
            key={`${term.name}:${term.value}`}
            name={term.name}
            value={term.value}
            onRemove={() => onChange({ ...query, terms: query.terms.filter((_, place) => place !== index) })}
          />
        ))}
        <input
          ref={input}
          value={typed}
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
          onFocus={() => setFocused(true)}
          onBlur={(event) => {
            setFocused(false);
            // An address that is written while a link is followed would take its page back.
            if (!(event.relatedTarget instanceof HTMLAnchorElement)) settle(typed);
          }}
          aria-label={label}
          placeholder={query.terms.length === 0 ? placeholder : undefined}
          {...(complete && {
            role: "combobox",
            "aria-expanded": completions.length > 0,
            "aria-controls": listId,
            "aria-autocomplete": "list",
            "aria-activedescendant": at >= 0 ? `${listId}-${at}` : undefined,
          })}
          autoComplete="off"
          autoCapitalize="off"
          autoCorrect="off"
          spellCheck={false}
          className="h-5 min-w-16 flex-1 bg-transparent text-13 outline-none"
        />
        {typed === "" && query.terms.length === 0 ? (
          <span className="pointer-events-none phone:hidden">
            <Kbd>/</Kbd>
          </span>
        ) : (
          <button
            type="button"
            aria-label="Clear the search"
            onClick={() => {
              onChange({ terms: [], text: "" });
              setTyped("");
              input.current?.focus();
            }}
            className="relative grid size-5 place-items-center rounded-3 text-ink-3 before:absolute before:-inset-0.5 hover:text-ink phone:before:-inset-2.5"
          >
            <X className="icon-14" aria-hidden="true" />
          </button>
        )}
      </div>
      {completions.length > 0 && (
        <div
          className="absolute inset-x-0 top-full z-(--z-pop) mt-1 rounded-8 bg-raised p-1 shadow-pop"
          onPointerDown={(event) => event.preventDefault()}
        >
          {completeTitle !== undefined && <div className="px-2 py-1 text-11 text-ink-3">{completeTitle}</div>}
          <div role="listbox" id={listId} aria-label={completeTitle ?? "Suggestions"}>
            {completions.map((completion, index) => (
              // biome-ignore lint/a11y/useFocusableInteractive: as above.
              // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys.
              <div
                key={completion.insert}
                id={`${listId}-${index}`}
                role="option"
                aria-selected={index === at}
                onClick={() => take(completion)}
                className="flex min-h-7 items-center gap-2 rounded-5 px-2 hover:bg-hover-raised aria-selected:bg-hover-raised phone:min-h-10"
              >
                <code className="clip-text">
                  {completion.insert.startsWith(word) ? (
                    <>
                      <b className="font-semibold">{word}</b>
                      {completion.insert.slice(word.length)}
                    </>
                  ) : (
                    completion.insert
                  )}
                </code>
                {completion.hint !== undefined && (
                  <span className="ml-auto text-11 whitespace-nowrap text-ink-3">{completion.hint}</span>
                )}
              </div>
            ))}
          </div>
          <div className="-mx-1 mt-1 border-t border-line px-3 pt-1.5 pb-0.5 text-11 text-ink-3 phone:hidden">
            <Kbd>↓</Kbd> chooses, <Kbd>Tab</Kbd> takes it, <Kbd>Esc</Kbd> empties
          </div>
        </div>
      )}
    </search>
  );
}
