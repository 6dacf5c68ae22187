// The pages by their ids: those of a cluster's tables, and those of a game.
export const CLUSTER_PAGES = ["brief", "carbon", "difficulties", "exchanges", "measures", "diffusion", "calibration"] as const;
export const GAME_PAGES = ["phase", "regimes", "time", "equations"] as const;
export type PageId = (typeof CLUSTER_PAGES | typeof GAME_PAGES)[number];
