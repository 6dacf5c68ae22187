// One text for one meaning: JSON with sorted keys, as Python writes it with sort_keys and no spaces.

/** The canonical JSON of plain data; keys that hold nothing are left out. */
export function canonical(data: unknown): string {
  if (Array.isArray(data)) return `[${data.map(canonical).join(",")}]`;
  if (data === null || typeof data !== "object") return JSON.stringify(data) ?? "null";
  const entries = Object.entries(data as Record<string, unknown>).filter(([, v]) => v !== undefined).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([k, v]) => `${JSON.stringify(k)}:${canonical(v)}`).join(",")}}`;
}
