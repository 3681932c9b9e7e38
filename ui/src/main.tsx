/** Starts the page: catalogue, sheets, backend. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startCatalogue } from "./i18n";
import "./styles";
import { chooseBackend } from "./transport";

const wanted = new URLSearchParams(window.location.search).get("language");
startCatalogue(wanted === "pseudo" ? "pseudo" : "en");

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App backend={chooseBackend()} />
  </StrictMode>,
);
