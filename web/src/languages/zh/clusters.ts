export const clusters: Record<string, string> = {
};
