export const exports: Record<string, string> = {
};
