/** The settings: a list of pages and the one that is open. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "../../app/router";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/layout/Page";
import { useData } from "../../transport";
import { About } from "./About";
import { General } from "./General";
import { Network } from "./Network";
import { settingsPages } from "./pages";
import { Privacy } from "./Privacy";
import classes from "./Settings.module.css";
import { Smeshing } from "./Smeshing";
import { WalletAndSecurity } from "./WalletAndSecurity";

/** The page. */
export function Settings() {
  const { t } = useTranslation();
  const params = useParams();
  const page = settingsPages.find((candidate) => candidate.id === params.page) ?? settingsPages[0];
  const answer = useData("settings");
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    // On phones the list is a row that scrolls: the open page is never cut off.
    const tab = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (tab && list.current) list.current.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - list.current.clientWidth / 2;
  }, [page]);
  if (page === undefined) return null;
  return (
    <Page title={t("settings:title")}>
      <div className={classes.sides}>
        <nav ref={list} className={classes.list} aria-label={t("settings:title")}>
          {settingsPages.map((candidate) => (
            <Link key={candidate.id} to={`/settings/${candidate.id}`} aria-current={candidate === page ? "page" : undefined}>
              {t(candidate.label)}
            </Link>
          ))}
        </nav>
        <section aria-label={t(page.label)}>
          <h2>{t(page.label)}</h2>
          {answer.isError && <ErrorPanel error={answer.error} />}
          {answer.data && page.id === "general" && <General settings={answer.data} />}
          {answer.data && page.id === "wallet" && <WalletAndSecurity settings={answer.data} />}
          {page.id === "network" && <Network />}
          {answer.data && page.id === "smeshing" && <Smeshing settings={answer.data} />}
          {page.id === "privacy" && <Privacy />}
          {page.id === "about" && <About />}
        </section>
      </div>
    </Page>
  );
}
