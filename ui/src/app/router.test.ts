import { describe, expect, it } from "vitest";
import { matchPath, parseFragment } from "./router";

describe("the router", () => {
  it("reads path and query from the fragment", () => {
    const { path, query } = parseFragment("#/wallet/send/?to=sm1x&from=a%20b");
    expect(path).toBe("/wallet/send");
    expect(query.get("to")).toBe("sm1x");
    expect(query.get("from")).toBe("a b");
    expect(parseFragment("").path).toBe("/");
  });

  it("fills the named parts of a pattern", () => {
    expect(matchPath("/wallet/accounts/:id", "/wallet/accounts/ab%2Fcd")).toEqual({ id: "ab/cd" });
    expect(matchPath("/wallet", "/wallet")).toEqual({});
    expect(matchPath("/wallet", "/wallet/send")).toBeUndefined();
    expect(matchPath("/wallet/accounts/:id", "/wallet/accounts")).toBeUndefined();
  });

  it("does not fail on a broken address", () => {
    expect(matchPath("/wallet/accounts/:id", "/wallet/accounts/%E0%A4%A")).toBeUndefined();
  });
});
