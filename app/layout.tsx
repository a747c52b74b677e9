import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import type { ReactNode } from "react";
import "./globals.css";

const plex = localFont({
  src: "../node_modules/@fontsource-variable/ibm-plex-sans/files/ibm-plex-sans-latin-wght-normal.woff2",
  weight: "100 700",
  display: "swap",
  variable: "--font-plex",
});
const jetbrains = localFont({
  src: "../node_modules/@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2",
  weight: "100 800",
  display: "swap",
  variable: "--font-jetbrains",
  adjustFontFallback: false,
});

export const metadata: Metadata = {
  title: { default: "Warren", template: "%s · Warren" },
  description: "A message-queue console with its own engine on PostgreSQL",
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: "device-width",
  initialScale: 1,
  themeColor: [
    { media: "(prefers-color-scheme: light)", color: "#f3f1ec" },
    { media: "(prefers-color-scheme: dark)", color: "#120e0b" },
  ],
};

// Runs before the first paint, so that a chosen theme never flashes the other one first.
const applyTheme =
  'try{const t=JSON.parse(localStorage.getItem("warren.theme"));if(t==="light"||t==="dark")document.documentElement.dataset.theme=t}catch{}';

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en" className={`${plex.variable} ${jetbrains.variable}`} suppressHydrationWarning>
      <head>
        {/* biome-ignore lint/security/noDangerouslySetInnerHtml: a constant of this file, nothing from outside. */}
        <script dangerouslySetInnerHTML={{ __html: applyTheme }} />
      </head>
      <body>
        <div className="app-root">{children}</div>
      </body>
    </html>
  );
}
