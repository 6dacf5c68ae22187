export const server: Record<string, string> = {
};
