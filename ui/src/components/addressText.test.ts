import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressGroups, isTestAddress, shortAddress, shortAddressText } from "./addressText";

const charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const address = fc
  .tuple(fc.constantFrom("sm", "stest", "standalone"), fc.array(fc.constantFrom(...charset.split(/(?=.)/)), { minLength: 39, maxLength: 39 }))
  .map(([prefix, body]) => `${prefix}1qqqqqq${body.slice(0, 33).join("")}${body.slice(33).join("")}`);

describe("an address on the screen", () => {
  it("is copied whole from its groups of four", () => {
    fc.assert(
      fc.property(address, (text) => {
        const groups = addressGroups(text);
        expect(groups.map((group) => group.map((span) => span.text).join("")).join("")).toBe(text);
        expect(groups.slice(0, -1).every((group) => group.map((span) => span.text).join("").length === 4)).toBe(true);
      }),
    );
  });

  it("has one checksum of six characters and one start that is the same for all", () => {
    fc.assert(
      fc.property(address, (text) => {
        const spans = addressGroups(text).flat();
        const of = (role: string) => spans.filter((span) => span.role === role).map((span) => span.text).join("");
        expect(of("checksum")).toBe(text.slice(-6));
        expect(of("prefix")).toBe(text.slice(0, text.lastIndexOf("1") + 7));
      }),
    );
  });

  it("never hides a differing checksum or prefix in its short form", () => {
    fc.assert(
      fc.property(address, address, (one, other) => {
        const sameEnds = one.slice(-6) === other.slice(-6) && one.slice(0, one.lastIndexOf("1")) === other.slice(0, other.lastIndexOf("1"));
        if (!sameEnds) expect(shortAddressText(one)).not.toBe(shortAddressText(other));
      }),
    );
  });

  it("keeps the telling characters of the reference's example", () => {
    expect(shortAddress("sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k")).toEqual({ prefix: "sm1", telling: "z9rf", checksum: "2gdz9k" });
  });

  it("knows addresses of test networks", () => {
    expect(isTestAddress("sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k")).toBe(false);
    expect(isTestAddress("stest1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k")).toBe(true);
  });
});
