/** "Welcome. How do you want to start?" The wallets of other programs that were found stand on top. */
import { Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "../../app/router";
import { Choices } from "../../components/Choices";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Row, Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { useCommand, useData } from "../../transport";
import { Solo } from "./Solo";
import classes from "./Welcome.module.css";

/** The first page of all. */
export function Welcome() {
  const { t } = useTranslation();
  const session = useData("session").data;
  const found = useData("found_wallets").data ?? [];
  const networks = useData("networks").data;
  const chooseNetwork = useCommand("choose_network");
  return (
    <Solo title={t("onboarding:welcome.title")} big under={t("onboarding:welcome.under")} remark={t("onboarding:welcome.remark")} showState>
      <Stack gap={4}>
        {found.length > 0 && (
          <Notice kind="progress" title={t("onboarding:found.title", { count: found.length })}>
            <ul className={classes.found}>
              {found.map((wallet, index) => (
                <li key={wallet.path}>
                  <span>
                    {wallet.title}
                    {wallet.name !== null && <span className="ink-2"> · {wallet.name}</span>}
                  </span>
                  <Link to={`/start/open?found=${index}`}>{t("onboarding:found.open")}</Link>
                </li>
              ))}
            </ul>
          </Notice>
        )}
        <Choices
          choices={[
            { to: "/start/create", icon: "plus", title: t("onboarding:choices.create"), text: t("onboarding:choices.createText") },
            { to: "/start/restore", icon: "words", title: t("onboarding:choices.restore"), text: t("onboarding:choices.restoreText") },
            { to: "/start/open", icon: "file", title: t("onboarding:choices.open"), text: t("onboarding:choices.openText") },
            { to: "/start/watch", icon: "eye", title: t("onboarding:choices.watch"), text: t("onboarding:choices.watchText") },
          ]}
        />
        {chooseNetwork.isError && <ErrorPanel inline error={chooseNetwork.error} />}
        <Row spread wrap gap={4}>
          <Row gap={4} wrap>
            {session?.state === "locked" && <Link to="/unlock">{t("onboarding:choices.unlock")}</Link>}
            {session?.state === "unlocked" && <Link to="/wallet">{t("onboarding:choices.toWallet")}</Link>}
            <Link to="/smeshing">{t("onboarding:choices.skip")}</Link>
          </Row>
          {networks && (
            <Select
              className={classes.network}
              aria-label={t("onboarding:welcome.network")}
              value={networks.current}
              allowDeselect={false}
              data={networks.networks.filter((network) => network.available || network.id === networks.current).map((network) => ({ value: network.id, label: network.name }))}
              onChange={(network) => network !== null && chooseNetwork.mutate({ network, config: null })}
            />
          )}
        </Row>
      </Stack>
    </Solo>
  );
}
