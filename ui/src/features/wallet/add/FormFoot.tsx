/** The foot of every add form: the error if there was one, back and the primary button. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { navigate } from "../../../app/router";
import type { AccountView } from "../../../bindings";
import { announce } from "../../../components/announce";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { Row } from "../../../components/layout/Row";

/** Draws it. */
export function FormFoot({ error, busy, ready, label }: { error: unknown; busy: boolean; ready: boolean; label?: string }) {
  const { t } = useTranslation();
  return (
    <>
      {error !== null && error !== undefined && <ErrorPanel inline error={error} />}
      <Row gap={3} actions>
        <Button variant="default" component="a" href="#/wallet/accounts">
          {t("frame:cancel")}
        </Button>
        <Button type="submit" disabled={!ready} loading={busy}>
          {label ?? t("wallet:add.go")}
        </Button>
      </Row>
    </>
  );
}

/** Where an added account is shown. */
export function useAdded(): (account: AccountView) => void {
  const { t } = useTranslation();
  return (account) => {
    announce(t("wallet:add.added", { name: account.name }));
    navigate(`/wallet/accounts/${account.id}`, { replace: true });
  };
}
