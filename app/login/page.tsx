import type { Metadata } from "next";
import { headers } from "next/headers";
import { LoginForm } from "@/app/login/login-form";
import { Mark } from "@/components/ui/mark";

export const metadata: Metadata = { title: "Log in" };

/** Whether the page was asked for by a loopback name; only a hint, the server decides by the connection's address. */
function isLoopback(host: string | null): boolean {
  const name = (host ?? "").replace(/:\d+$/, "");
  return name === "localhost" || name === "[::1]" || /^127(\.\d+){3}$/.test(name);
}

export default async function LoginPage({ searchParams }: { searchParams: Promise<{ next?: string | string[] }> }) {
  const { next } = await searchParams;
  const local = isLoopback((await headers()).get("host"));
  return (
    <main className="grid h-full place-items-center overflow-auto bg-surface p-4">
      <div className="w-full max-w-[340px]">
        <h1 className="mb-6 flex items-center gap-2.5 text-22">
          <Mark className="size-7 text-accent" />
          Warren
        </h1>
        <LoginForm next={typeof next === "string" ? next : undefined} local={local} />
      </div>
    </main>
  );
}
