"use client";

import { useCallback, useState } from "react";

/**
 * A module that is fetched when it is first needed (a menu's popup, a dialog), so that no page waits for it.
 * `use` gives the module once it is there, and the way to ask for it; after that it is there at once, everywhere.
 */
export function late<Module>(load: () => Promise<Module>) {
  let module: Module | undefined;
  const fetch = async () => {
    module ??= await load();
    return module;
  };
  return {
    fetch,
    get: () => module,
    use: (): [Module | undefined, () => Promise<void>] => {
      const [, redraw] = useState(0);
      const ask = useCallback(async () => {
        await fetch();
        redraw((count) => count + 1);
      }, []);
      return [module, ask];
    },
  };
}
