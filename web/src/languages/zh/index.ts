// Chinese, one table a part of the page.
import { cards } from "./cards";
import { clusters } from "./clusters";
import { exports } from "./exports";
import { frame } from "./frame";
import { levers } from "./levers";
import { phase } from "./phase";
import { reasons } from "./reasons";
import { server } from "./server";
import { time } from "./time";

export const zh: Record<string, string> = {
  ...frame, ...levers, ...phase, ...cards, ...time, ...clusters, ...server, ...exports, ...reasons,
};
