/** The gallery on a page of its own, with a backend that answers nothing but the few questions its parts ask. */
import { MantineProvider } from "@mantine/core";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { theme, useColorScheme } from "../../app/theme";
import { startCatalogue } from "../../i18n";
import "../../styles";
import { simulatedBackend } from "../../test/simulated";
import { BackendProvider } from "../../transport";
import { Gallery } from "./Gallery";

const backend = simulatedBackend({ session: { state: "no_wallet" }, check_address: (args) => ({ valid: true, fault: null, message: null, faultyGroup: null, address: addressView(args.address), ownAccount: null, contact: null, lookAlike: null }) });

function addressView(plain: string) {
  return { plain, groups: plain.match(/.{1,4}/g) ?? [], short: plain, common: "sm1qqqqqq", checksum: plain.slice(-6), hex: "", prefix: "sm" };
}

function Standalone() {
  const scheme = useColorScheme();
  return (
    <BackendProvider backend={backend}>
      <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false} withStaticClasses>
        <main>
          <Gallery />
        </main>
      </MantineProvider>
    </BackendProvider>
  );
}

const wanted = new URLSearchParams(window.location.search).get("language");
startCatalogue(wanted === "pseudo" ? "pseudo" : "en");
const root = document.getElementById("root");
if (root === null) throw new Error("gallery.html has no #root");
createRoot(root).render(
  <StrictMode>
    <Standalone />
  </StrictMode>,
);
