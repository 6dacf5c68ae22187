// The pages: a registry.  The frame shows a tab for each whose needs are met.
import type { ComponentType } from "preact";
import { Phase } from "./views/phase/phase";

export interface Page {
  id: string;
  /** English text, a key of the languages. */
  title: string;
  needs: "game" | "cluster";
  component: ComponentType;
}

export const PAGES: Page[] = [{ id: "phase", title: "Phase view", needs: "game", component: Phase }];
