// The pages, and what stands around them: registries.  The frame shows a tab for each page whose needs are met.
import type { ComponentType } from "preact";
import { Equations } from "./panels/equations";
import { ConnectionNotice } from "./panels/connection_notice";
import { LinkNotice } from "./panels/link_notice";
import { BeginNotice } from "./panels/open/begin_notice";
import { Open } from "./panels/open/open";
import { CarbonPage } from "./views/cluster/carbon";
import { DifficultiesPage } from "./views/cluster/difficulties";
import { DiffusionPage } from "./views/cluster/diffusion";
import { BriefPage, CalibrationPage } from "./views/cluster/documents";
import { ExchangesPage } from "./views/cluster/exchanges";
import { MeasuresPage } from "./views/cluster/measures";
import { Card } from "./panels/rest_points/card";
import { RestPoints } from "./panels/rest_points/rest_points";
import { Share } from "./panels/share";
import { Phase } from "./views/phase/phase";
import type { PageId } from "./state/page_ids";
import { Time } from "./views/time/time";
import { Regimes } from "./views/regimes/regimes";

export interface Page {
  id: PageId;
  /** English text, a key of the languages. */
  title: string;
  needs: "game" | "cluster";
  component: ComponentType;
  /** Whether it stands alone, without the levers beside it. */
  alone?: boolean;
}

export const PAGES: Page[] = [
  { id: "brief", title: "Brief", needs: "cluster", component: BriefPage, alone: true },
  { id: "carbon", title: "Carbon", needs: "cluster", component: CarbonPage, alone: true },
  { id: "difficulties", title: "Difficulties", needs: "cluster", component: DifficultiesPage, alone: true },
  { id: "exchanges", title: "Exchanges", needs: "cluster", component: ExchangesPage, alone: true },
  { id: "measures", title: "Cost curve", needs: "cluster", component: MeasuresPage, alone: true },
  { id: "diffusion", title: "Diffusion", needs: "cluster", component: DiffusionPage, alone: true },
  { id: "calibration", title: "Calibration", needs: "cluster", component: CalibrationPage, alone: true },
  { id: "phase", title: "Phase view", needs: "game", component: Phase },
  { id: "regimes", title: "Regime map", needs: "game", component: Regimes },
  { id: "time", title: "Time", needs: "game", component: Time },
  { id: "equations", title: "Equations", needs: "game", component: Equations },
];

/** Buttons and menus at the right of the head: to open a game, to export, … */
export const TOOLS: ComponentType[] = [Open, Share];

/** What stands under the page, by the pages that it belongs to: the card of a rest point, … */
export const COMPANIONS: { pages: string[]; component: ComponentType }[] = [
  { pages: ["phase"], component: Card },
  { pages: ["phase"], component: RestPoints },
];

/** Lines above the page that appear when there is something to say: the server is gone, an old link, … */
export const NOTICES: ComponentType[] = [BeginNotice, ConnectionNotice, LinkNotice];
