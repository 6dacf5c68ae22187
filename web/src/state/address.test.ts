import { expect, it } from "vitest";
import type { GameModel } from "../model";
import { changedLabels, changedSinceLink, fitted, linkRemark, openAt } from "./address";
import { readLink } from "./link";
import { change, EMPTY, language, redo, settings, undo, view, type View } from "./store";

const GAME = {
  hash: "1234", version: "0.2.0", title: "A game", source: null,
  populations: [{ name: "A", share: "x", shares: ["x"], free: ["x"], strategies: [{ id: "c", name: "c" }, { id: "d", name: "d" }] }],
  parameters: [{ name: "C1", value: "4", range: ["0", "8"], fixed: false, meaning: null, unit: null }],
  instruments: [], scenarios: [{ name: "high", values: { C1: "7" } }], today: null, assume: [],
  speeds: [["n", "1"]], payoffs: [["C1", ["n", "1"]]], form: "profiles", answer: null, refused: {},
} as unknown as GameModel;

it("takes of a link what the game has names for, and says what it lacks", () => {
  const given: View = {
    ...EMPTY, scenario: "low", positions: { C1: "3", R9: "1" }, levels: { subsidy: "1/2" },
    starts: [{ state: ["1/2"], backward: true }, { state: ["1/2", "1/3"], backward: false }],
    pinned: { scenario: "high", positions: { R8: "1" }, levels: {} }, axes: ["C1", "R9"],
  };
  const { view: fit, unknown } = fitted(GAME, given);
  expect(fit.positions).toEqual({ C1: "3" });
  expect(fit.scenario).toBeNull();
  expect(fit.starts).toHaveLength(1);
  expect(fit.pinned).toEqual({ scenario: "high", positions: {}, levels: {} });
  expect(fit.axes).toBeNull();
  expect(unknown).toEqual(["R8", "R9", "low", "subsidy"]);
});

it("says nothing of a link that fits, and which version made one that does not", () => {
  openAt(GAME, null, readLink("v1=1234&by=0.2.0&at=C1,3&lang=zh"));
  expect(linkRemark.value).toBeNull();
  expect(settings.value).toEqual({ C1: "3" });
  expect(language.value).toBe("zh");
  openAt(GAME, null, readLink("v1=1234&by=0.1.0"));
  expect(linkRemark.value).toEqual({ version: "0.1.0", otherModel: false, unknown: [], inForce: [], unread: [] });
  openAt(GAME, null, readLink("v1=999&by=0.2.0&levels=subsidy,1&at=C1"));
  expect(linkRemark.value).toEqual({ version: null, otherModel: true, unknown: ["subsidy"], inForce: [], unread: ["at"] });
  language.value = "en";
});

it("opens a page by a link that names no model", () => {
  openAt(GAME, null, readLink("#v1=&page=equations"));
  expect(linkRemark.value).toBeNull();
  expect(view.value.page).toBe("equations");
});

it("takes no start that is no state of the game, and says that the starts were not all read", () => {
  openAt(GAME, null, readLink("v1=1234&by=0.2.0&starts=both,2;on,-1/3;on,1/3"));
  expect(view.value.starts).toEqual([{ state: ["1/3"], backward: false }]);
  expect(linkRemark.value).toEqual({ version: null, otherModel: false, unknown: [], inForce: [], unread: ["starts"] });
  const three = { ...GAME, populations: [{ ...GAME.populations[0]!, shares: ["a", "b", "c"] }] };
  openAt(three, null, readLink("v1=1234&by=0.2.0&starts=on,1/3,1/3,1/3;on,0.3,0.3,0.3;on,1/3"));
  expect(view.value.starts).toEqual([{ state: ["1/3", "1/3", "1/3"], backward: false }]);
});

it("tells which labels are others than an old link says, once they are known", () => {
  openAt(GAME, null, readLink("v1=1234&by=0.1.0&at=C1,3&said=E1,a;E9,s"));
  const changed = changedSinceLink.value;
  expect(changed).toContainEqual({ id: "E1", before: "asymptotically stable", now: "source" });
  expect(changed).toContainEqual({ id: "E9", before: "saddle", now: null });
  change({ positions: { C1: "1/2" } });
  expect(changedSinceLink.value).toBe(changed);
});

it("compares no labels with those of another model", () => {
  openAt(GAME, null, readLink("v1=999&by=0.2.0&said=E1,a;E9,s"));
  expect(linkRemark.value?.otherModel).toBe(true);
  expect(changedSinceLink.value).toBeNull();
});

it("drops a page and a rest point that there are not, and says so", () => {
  openAt(GAME, null, readLink("v1=1234&by=0.2.0&page=carbon&selected=E77"));
  expect(view.value).toMatchObject({ page: "phase", selected: null });
  expect(linkRemark.value?.unknown).toEqual(["carbon", "E77"]);
  openAt(GAME, null, readLink("v1=1234&by=0.2.0&page=time&selected=E1"));
  expect(view.value).toMatchObject({ page: "time", selected: "E1" });
  expect(linkRemark.value).toBeNull();
});

it("takes no level of an instrument that the file has in force, and says so", () => {
  const fined = { ...GAME, instruments: [{ name: "C1", idle: "0", range: ["0", "8"], changes: {}, cost: {} }] } as unknown as GameModel;
  openAt(fined, null, readLink("v1=1234&by=0.2.0&levels=C1,2"));
  expect(view.value.levels).toEqual({});
  expect(linkRemark.value?.inForce).toEqual(["C1"]);
});

it("tells apart a changed label, a point that is gone and one that is new", () => {
  expect(changedLabels({ E1: "a", E2: "s", E3: "c" }, { E1: "a", E2: "c", E4: "o" })).toEqual([
    { id: "E2", before: "saddle", now: "centre" },
    { id: "E3", before: "centre", now: null },
    { id: "E4", before: null, now: "source" },
  ]);
});

it("undoes a drag as one step, and opening a game leaves nothing to undo", () => {
  openAt(GAME, null, null);
  undo();
  expect(view.value).toEqual(EMPTY);
  for (const at of ["3", "3.1", "3.2"]) change({ positions: { C1: at } }, "slider");
  change({ scenario: "high", positions: {} });
  expect(settings.value).toEqual({ C1: "7" });
  undo();
  expect(settings.value).toEqual({ C1: "3.2" });
  undo();
  expect(settings.value).toEqual({ C1: "4" });
  redo();
  redo();
  expect(settings.value).toEqual({ C1: "7" });
});
