"use client";

import { Monitor, Moon, Sun, SunMoon } from "lucide-react";
import { useEffect } from "react";
import { IconButton } from "@/components/ui/button";
import { Menu, MenuChoice } from "@/components/ui/menu";
import { useRemembered } from "@/components/ui/remembered";

export type Theme = "system" | "light" | "dark";

/** The chosen theme, and the way to choose another. The root layout applies it before the first paint. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useRemembered<Theme>("theme", "system");
  useEffect(() => {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  }, [theme]);
  return [theme, setTheme];
}

const icon = "icon-14";

export function ThemeChoice() {
  const [theme, setTheme] = useTheme();
  return (
    <MenuChoice<Theme>
      value={theme}
      onChange={setTheme}
      options={[
        { value: "system", label: "As the system", icon: <Monitor className={icon} aria-hidden="true" /> },
        { value: "light", label: "Light", icon: <Sun className={icon} aria-hidden="true" /> },
        { value: "dark", label: "Dark", icon: <Moon className={icon} aria-hidden="true" /> },
      ]}
    />
  );
}

export function ThemeMenu() {
  useTheme();
  return (
    <span className="phone:hidden">
      <Menu
        trigger={
          <IconButton label="Light or dark">
            <SunMoon className="icon-16" aria-hidden="true" />
          </IconButton>
        }
      >
        <ThemeChoice />
      </Menu>
    </span>
  );
}
