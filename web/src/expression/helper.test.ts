import { expect, it } from "vitest";
import { Exact } from "../exact/number";
import { watched, type Known } from "./helper";

const at = (text: string): Known => ({ exact: Exact.read(text), near: Exact.read(text)!.float });
const KNOWN = { a: at("1/3"), b: at("0.2"), zero: at("0"), root: { exact: null, near: Math.SQRT2 } };

it("is exact wherever numbers stay rational", () => {
  expect(watched("a + b", KNOWN)).toEqual({ state: "exact", text: "8/15", near: 8 / 15, names: ["a", "b"] });
  expect(watched("0.1 + 0.2", KNOWN)).toMatchObject({ text: "3/10" });
});

it("says what is only near", () => {
  expect(watched("exp(a)", KNOWN)).toEqual({ state: "near", near: Math.exp(1 / 3), names: ["a"] });
  expect(watched("root^2", KNOWN)).toMatchObject({ state: "near" });
});

it("says where a text cannot be read, and which name there is not", () => {
  expect(watched("a + )", KNOWN)).toMatchObject({ state: "wrong", at: 4 });
  expect(watched("a + constructor", KNOWN)).toMatchObject({ state: "wrong", at: 4, holes: { name: "constructor" } });
});

it("has no value where it divides by zero", () => {
  expect(watched("a/zero", KNOWN)).toMatchObject({ state: "wrong", told: "it has no value here" });
  expect(watched("log(zero - 1)", KNOWN)).toMatchObject({ state: "wrong" });
});
