export const time: Record<string, string> = {
};
