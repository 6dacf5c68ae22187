export const phase: Record<string, string> = {
};
