import packageJson from "@/package.json" with { type: "json" };

/** Warren's own version. */
export const WARREN_VERSION: string = packageJson.version;
