/** Add an account: which kind, then its form. Keys from a Ledger come with the Ledger. */
import { useTranslation } from "react-i18next";
import { Link, useLocation } from "../../../app/router";
import { useOpenSession } from "../../../app/session";
import { Choices, type Choice } from "../../../components/Choices";
import { Page } from "../../../components/layout/Page";
import classes from "./AddAccount.module.css";
import { AddFromFile } from "./AddFromFile";
import { AddKey } from "./AddKey";
import { AddShared } from "./AddShared";
import { AddSingle } from "./AddSingle";
import { AddVault } from "./AddVault";
import { AddWatch } from "./AddWatch";

const kinds = ["single", "multisig", "vesting", "vault", "watch", "key", "file"] as const;
type Kind = (typeof kinds)[number];

const icons: Record<Kind, Choice["icon"]> = { single: "plus", multisig: "contacts", vesting: "clock", vault: "lock", watch: "eye", key: "key", file: "file" };

/** The page. */
export function AddAccount() {
  const { t } = useTranslation();
  const { query } = useLocation();
  const session = useOpenSession();
  const kind = kinds.find((candidate) => candidate === query.get("kind"));
  if (kind === undefined) {
    const offered = kinds.filter((candidate) => candidate !== "single" || session?.hasWords === true);
    return (
      <Page title={t("wallet:add.title")}>
        <div className={classes.form}>
          <Choices
            choices={offered.map((candidate) => ({
              to: `/wallet/accounts/add?kind=${candidate}`,
              icon: icons[candidate],
              title: t(`wallet:add.kinds.${candidate}`),
              text: t(`wallet:add.texts.${candidate}`),
            }))}
          />
        </div>
      </Page>
    );
  }
  return (
    <Page title={t(`wallet:add.kinds.${kind}`)} under={t(`wallet:add.texts.${kind}`)} actions={<Link to="/wallet/accounts/add">{t("wallet:add.other")}</Link>}>
      <div className={classes.form}>
        {kind === "single" && <AddSingle />}
        {(kind === "multisig" || kind === "vesting") && <AddShared key={kind} template={kind} />}
        {kind === "vault" && <AddVault />}
        {kind === "watch" && <AddWatch />}
        {kind === "key" && <AddKey />}
        {kind === "file" && <AddFromFile />}
      </div>
    </Page>
  );
}
