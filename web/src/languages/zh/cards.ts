export const cards: Record<string, string> = {
};
