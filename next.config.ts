import type { NextConfig } from "next";

const config: NextConfig = {
  // The broker talks to Postgres, to mail servers and, in its sample, to itself through these; they must stay ordinary
  // Node modules.
  serverExternalPackages: ["pg", "@prisma/adapter-pg", "@prisma/client", "nodemailer", "amqplib"],
  poweredByHeader: false,
  // The page of parts (page.dev.tsx) exists while developing, and in no build.
  pageExtensions: process.env.NODE_ENV === "development" ? ["dev.tsx", "tsx", "ts"] : ["tsx", "ts"],
  reactStrictMode: true,
  // The badge would lie over the navigation in every screenshot.
  devIndicators: false,
  // `npm run check` and `npm test` check the types; starting Warren need not do it again.
  typescript: { ignoreBuildErrors: true },
  // TypeScript 7 has no JavaScript API; Next calls its command line instead.
  experimental: { useTypeScriptCli: true },
};

export default config;
