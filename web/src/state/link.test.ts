import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { exactText } from "./exact_text";
import { readLink, writeLink, type Link } from "./link";
import { LAYERS, type View } from "./store";

const exact = fc.oneof(
  fc.tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: 1, max: 99 })).map(([a, b]) => `${a}/${b}`),
  fc.tuple(fc.integer({ min: -999, max: 999 }), fc.nat({ max: 6 })).map(([a, e]) => exactText(`${a}e-${e}`)!),
);
const name = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }).filter((t) => t !== "__proto__");
const numbers = fc.dictionary(name, exact, { maxKeys: 5, noNullPrototype: true });
const position = { scenario: fc.option(name), positions: numbers, levels: numbers };
const view: fc.Arbitrary<View> = fc.record({
  ...position,
  page: name,
  starts: fc.array(fc.record({ state: fc.array(exact, { minLength: 1, maxLength: 4 }), backward: fc.boolean() }), { maxLength: 5 }),
  selected: fc.option(name),
  layers: fc.subarray(LAYERS),
  pinned: fc.option(fc.record(position)),
  pulses: fc.array(fc.record({ instrument: name, level: exact, from: exact, until: exact }), { maxLength: 3 }),
  axes: fc.option(fc.tuple(name, name)),
  helpers: fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }), { maxLength: 4 }),
  more: fc.dictionary(name, fc.string({ unit: "grapheme", maxLength: 12 }), { maxKeys: 4, noNullPrototype: true }),
});
const link: fc.Arbitrary<Omit<Link, "unread">> = fc.record({
  hash: fc.stringMatching(/^[0-9a-f]{16}$/), version: fc.constantFrom("0.1.0", "1.2.3.dev4+g1"), language: fc.option(name),
  view, said: fc.option(fc.dictionary(name, name, { minKeys: 1, maxKeys: 5, noNullPrototype: true })),
});

describe("the link", () => {
  it("gives back every state that it was made from", () => {
    fc.assert(fc.property(link, (given) => {
      const text = writeLink(given);
      expect(readLink(`#${text}`)).toEqual({ ...given, unread: [] });
    }), { numRuns: 300 });
  });

  it("holds nothing but characters that an address may hold behind its #", () => {
    fc.assert(fc.property(link, (given) => {
      expect(writeLink(given)).toMatch(/^[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/);
    }));
  });

  it("never throws, whatever a stranger writes", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), (a, b) => {
      const read = readLink(`#v1=${a}&at=${b};C1,%&starts=on,x&layers=${a}&pulses=${b},1,2`);
      expect(read === null || Array.isArray(read.unread)).toBe(true);
    }));
  });

  it("leaves out what it cannot read, and says what", () => {
    const read = readLink("#v1=abc&by=0.1.0&at=C1,3;C2,three;C3&starts=sideways,1/2&axes=C1&layers=walls&selected=%E0%A4");
    expect(read?.view.positions).toEqual({ C1: "3" });
    expect(read?.unread).toEqual(["at", "selected", "starts", "layers", "axes"].sort((a, b) => read!.unread.indexOf(a) - read!.unread.indexOf(b)));
  });

  it("is none where it does not begin as one of ours", () => {
    expect(readLink("")).toBeNull();
    expect(readLink("#page")).toBeNull();
    expect(readLink(`#v1=${"a".repeat(30_000)}`)).toBeNull();
  });
});
