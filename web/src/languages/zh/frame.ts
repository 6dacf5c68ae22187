export const frame: Record<string, string> = {
  "Phase view": "相图",
  "Language": "语言",
};
