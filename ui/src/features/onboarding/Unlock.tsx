/** Unlock: the wallets of this computer, one password. Node and smeshing go on meanwhile and say so. */
import { Anchor, Button } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, navigate, Redirect, useLocation } from "../../app/router";
import { BoxChoices } from "../../components/Choices";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Row, Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { PasswordField } from "../../components/PasswordField";
import { formatInstant, useClock } from "../../format";
import { errorParts, useData, useSecretCommand } from "../../transport";
import { Solo } from "./Solo";

/** The unlock screen. Stands in the place of every page that needs an open wallet. */
export function Unlock() {
  const { t } = useTranslation();
  const { path } = useLocation();
  const { now, zone } = useClock();
  const session = useData("session").data;
  const wallets = useData("wallets").data;
  const unlock = useSecretCommand("unlock");
  const [chosen, setChosen] = useState<string>();
  const [password, setPassword] = useState("");
  const [forgot, setForgot] = useState(false);
  if (session?.state === "unlocked") return path === "/unlock" ? <Redirect to="/wallet" /> : null;
  if (session?.state === "no_wallet") return <Redirect to="/start" />;
  const wallet = chosen ?? session?.lastWallet ?? wallets?.find((entry) => entry.problem === null)?.id;
  const problem = wallets?.find((entry) => entry.id === wallet)?.problem ?? null;
  const error = unlock.isError ? errorParts(unlock.error) : undefined;
  const wrong = error?.code === "wrong_password" || error?.code === "too_many_attempts";

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (wallet === undefined) return;
    unlock.mutate(
      { wallet, password },
      {
        onSuccess: () => {
          unlock.reset();
          if (path === "/unlock") navigate("/wallet", { replace: true });
        },
        onSettled: () => setPassword(""),
      },
    );
  };

  return (
    <Solo title={t("onboarding:unlock.title")} big showState>
      <form onSubmit={submit}>
        <Stack>
          {session?.reason === "idle" && <Notice kind="neutral" title={t("onboarding:unlock.idle")} />}
          {session?.reason === "sleep" && <Notice kind="neutral" title={t("onboarding:unlock.sleep")} />}
          {wallets !== undefined && wallets.length > 0 && (
            <BoxChoices
              label={t("onboarding:unlock.wallets")}
              labelHidden
              vertical
              name="wallet"
              value={wallet ?? ""}
              onChange={(next) => {
                setChosen(next);
                unlock.reset();
              }}
              options={wallets.map((entry) => ({
                value: entry.id,
                title: entry.name,
                text: entry.problem ?? (entry.modified === null ? entry.id : t("onboarding:unlock.modified", { when: formatInstant(Date.parse(entry.modified), now, zone) })),
              }))}
            />
          )}
          <PasswordField
            label={t("components:password.label")}
            value={password}
            autoFocus
            onChange={(next) => {
              setPassword(next);
              if (unlock.isError) unlock.reset();
            }}
            error={wrong ? `${error.message} ${error.retryAfterSeconds != null ? t("onboarding:unlock.retry", { seconds: error.retryAfterSeconds }) : ""}`.trim() : undefined}
          />
          {error !== undefined && !wrong && <ErrorPanel inline error={unlock.error} />}
          <Row spread wrap gap={4}>
            <Button type="submit" size="lg" loading={unlock.isPending} disabled={password === "" || wallet === undefined || problem !== null}>
              {t("onboarding:unlock.go")}
            </Button>
            <Anchor component="button" type="button" onClick={() => setForgot(true)}>
              {t("onboarding:unlock.forgot")}
            </Anchor>
          </Row>
          <Row gap={4} wrap className="small">
            <Link to="/start/open">{t("onboarding:unlock.other")}</Link>
            <Link to="/start">{t("onboarding:unlock.fresh")}</Link>
            <Link to="/smeshing">{t("onboarding:unlock.without")}</Link>
          </Row>
        </Stack>
      </form>
      <Dialog
        opened={forgot}
        onClose={() => setForgot(false)}
        title={t("onboarding:forgot.title")}
        footer={
          <>
            <Button variant="default" onClick={() => setForgot(false)}>
              {t("frame:close")}
            </Button>
            <Button onClick={() => navigate("/start/restore")}>{t("onboarding:forgot.restore")}</Button>
          </>
        }
      >
        <p>{t("onboarding:forgot.text")}</p>
      </Dialog>
    </Solo>
  );
}
