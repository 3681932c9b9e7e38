/** One account: its full address, what it is, its name and note, its file, its key after the password, and how it is removed. */
import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, navigate, useParams } from "../../app/router";
import type { AccountView, KeyView, RemovalView, VaultView } from "../../bindings";
import { Address } from "../../components/Address";
import { Amount } from "../../components/Amount";
import { announce } from "../../components/announce";
import { copyText } from "../../components/copyText";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { save } from "../../components/files";
import { Icon } from "../../components/Icon";
import { Page, Section } from "../../components/layout/Page";
import { KeyValues, Row, Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { OrbitPrint } from "../../components/OrbitPrint";
import { RemovalDialog } from "../../components/RemovalDialog";
import { StatusPill } from "../../components/StatusPill";
import { stateOf } from "../../components/tone";
import { formatCount, formatInstant, useClock } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useBackend, useCommand, useData } from "../../transport";
import { canPay, smidgeOf, useKeyText, useKind } from "./account";
import classes from "./AccountPage.module.css";
import { ShowKey } from "./ShowKey";

/** The page. */
export function AccountPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const answer = useData("accounts");
  const account = answer.data?.accounts.find((candidate) => candidate.id === id);
  if (answer.isError) {
    return (
      <Page title={t("wallet:accounts.title")}>
        <ErrorPanel error={answer.error} />
      </Page>
    );
  }
  if (answer.data === undefined) return null;
  if (account === undefined) {
    return (
      <Page title={t("wallet:account.gone")}>
        <Link to="/wallet/accounts">{t("wallet:account.all")}</Link>
      </Page>
    );
  }
  return <Details account={account} keys={answer.data.keys} />;
}

function Details({ account, keys }: { account: AccountView; keys: KeyView[] }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const sentence = useSentence();
  const kind = useKind();
  const keyText = useKeyText();
  const [editing, setEditing] = useState(false);
  const [showingKey, setShowingKey] = useState(false);
  const [removal, setRemoval] = useState<RemovalView>();
  const [error, setError] = useState<unknown>();
  const remove = useCommand("remove_account");
  const ownKey = keys.find((key) => key.publicKey === account.publicKey && key.hasSecret);

  const attempt = (work: Promise<unknown>) => {
    setError(undefined);
    work.catch(setError);
  };

  return (
    <Page
      title={account.name}
      under={kind(account)}
      actions={
        <>
          <Button variant="default" leftSection={<Icon name="receive" size={16} />} onClick={() => navigate(`/wallet/receive/${account.id}`)}>
            {t("wallet:account.receive")}
          </Button>
          {canPay(account) && (
            <Button leftSection={<Icon name="send" size={16} />} onClick={() => navigate(`/wallet/send?from=${account.id}`)}>
              {t("wallet:account.send")}
            </Button>
          )}
        </>
      }
    >
      {error !== undefined && <ErrorPanel inline error={error} />}
      <Section title={t("wallet:account.address")} note={t("wallet:account.addressNote")}>
        <Stack gap={3}>
          <Row gap={4} align="start">
            <OrbitPrint address={account.address.plain} size={40} />
            <Address address={account.address.plain} grid />
          </Row>
          <Address address={account.address.plain} copy />
        </Stack>
      </Section>
      <Section title={t("wallet:account.about")}>
        <KeyValues
          pairs={[
            [t("wallet:accounts.kind"), kind(account)],
            [t("wallet:accounts.key"), keyText(account, keys)],
            account.path !== null && [t("wallet:account.path"), <span className="mono">{account.path}</span>],
            account.publicKey !== null && [t("wallet:account.publicKey"), <Hex value={account.publicKey} />],
            [
              t("wallet:accounts.state"),
              <Stack gap={1}>
                <StatusPill state="off">{sentence(account.state)}</StatusPill>
                {account.marks.map((mark) => (
                  <StatusPill key={mark.kind} state={stateOf(mark.tone)}>
                    {sentence(mark.text)}
                  </StatusPill>
                ))}
              </Stack>,
            ],
            [t("wallet:accounts.balance"), <Amount smidge={smidgeOf(account.balance)} />],
          ]}
        />
      </Section>
      {account.members.length > 0 && (
        <Section title={t("wallet:account.members")} note={t("wallet:account.membersNote")}>
          <ol className={classes.members}>
            {account.members.map((member) => (
              <li key={member.index}>
                <span className="ink-3">{member.index + 1}</span>
                <span>
                  {member.ownKey !== null && <span className="strong">{t("wallet:account.own", { name: member.ownKey })}</span>}
                  <Hex value={member.publicKey} />
                </span>
              </li>
            ))}
          </ol>
        </Section>
      )}
      {account.vault && <Vault vault={account.vault} />}
      <Section title={t("wallet:account.more")}>
        <Row gap={2} wrap>
          <Button variant="default" onClick={() => setEditing(true)}>
            {t("wallet:account.edit")}
          </Button>
          <Button variant="default" leftSection={<Icon name="export" size={16} />} onClick={() => attempt(backend.call("export_account", { account: account.id }).then(save))}>
            {t("wallet:account.export")}
          </Button>
          {ownKey && (
            <Button variant="default" leftSection={<Icon name="key" size={16} />} onClick={() => setShowingKey(true)}>
              {t("wallet:account.showKey")}
            </Button>
          )}
          <Button variant="danger-outline" onClick={() => attempt(backend.call("account_removal", { account: account.id }).then(setRemoval))}>
            {t("wallet:account.remove")}
          </Button>
        </Row>
      </Section>
      {editing && <Edit account={account} onClose={() => setEditing(false)} />}
      {showingKey && ownKey && <ShowKey publicKey={ownKey.publicKey} name={account.name} onClose={() => setShowingKey(false)} />}
      <RemovalDialog
        removal={removal}
        onClose={() => setRemoval(undefined)}
        onConfirm={async () => {
          await remove.mutateAsync({ account: account.id });
          navigate("/wallet/accounts", { replace: true });
        }}
      />
    </Page>
  );
}

/** A long hex value that can be copied. */
export function Hex({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <span className={classes.hex}>
      <span className="mono">{value}</span>
      <Button variant="quiet" size="xs" onClick={() => void copyText(value).then(() => announce(t("frame:copied", { what: t("wallet:account.value") })))}>
        {t("wallet:account.copy")}
      </Button>
    </span>
  );
}

function Edit({ account, onClose }: { account: AccountView; onClose: () => void }) {
  const { t } = useTranslation();
  const edit = useCommand("edit_account");
  const [name, setName] = useState(account.name);
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t("wallet:account.editTitle")}
      footer={
        <>
          <Button variant="default" onClick={onClose}>
            {t("frame:cancel")}
          </Button>
          <Button form="edit-account" type="submit" disabled={name.trim() === ""} loading={edit.isPending}>
            {t("wallet:account.save")}
          </Button>
        </>
      }
    >
      <form
        id="edit-account"
        onSubmit={(event) => {
          event.preventDefault();
          edit.mutate({ account: account.id, name: name.trim() }, { onSuccess: onClose });
        }}
      >
        <Stack>
          <TextInput label={t("wallet:account.name")} value={name} maxLength={64} data-autofocus onChange={(event) => setName(event.currentTarget.value)} />
          {edit.isError && <ErrorPanel inline error={edit.error} />}
        </Stack>
      </form>
    </Dialog>
  );
}

/** What is unlocked at the next layer by the VM's formula, what is still locked, and when. */
function Vault({ vault }: { vault: VaultView }) {
  const { t } = useTranslation();
  const { now, zone } = useClock();
  const total = BigInt(vault.total);
  const unlocked = BigInt(vault.unlocked);
  // Only the width of a bar: thousandths are more than a screen shows.
  const share = total === 0n ? 0 : Number((unlocked * 1000n) / total) / 10;
  return (
    <Section title={t("wallet:vault.title")} note={t("wallet:vault.note")}>
      <div className={classes.vault} role="img" aria-label={t("wallet:vault.label", { percent: share })}>
        <svg width="100%" height="18" aria-hidden="true">
          <rect width={`${share}%`} height="18" fill="var(--c-accent)" />
          <rect x="0.5" y="0.5" width="calc(100% - 1px)" height="17" fill="none" stroke="var(--c-line-strong)" />
        </svg>
      </div>
      <KeyValues
        pairs={[
          [t("wallet:vault.unlocked"), <Amount smidge={unlocked} />],
          [t("wallet:vault.locked"), <Amount smidge={BigInt(vault.locked)} />],
          [t("wallet:vault.total"), <Amount smidge={total} />],
          [t("wallet:vault.initial"), <Amount smidge={BigInt(vault.initialUnlock)} />],
          [t("wallet:vault.start"), t("wallet:vault.layerAt", { layer: formatCount(vault.vestingStart), when: formatInstant(Date.parse(vault.startsAt), now, zone) })],
          [t("wallet:vault.end"), t("wallet:vault.layerAt", { layer: formatCount(vault.vestingEnd), when: formatInstant(Date.parse(vault.endsAt), now, zone) })],
          [t("wallet:vault.owner"), <Address address={vault.owner} full />],
        ]}
      />
      <div className={classes.below}>
        <Notice kind="neutral" title={t("wallet:vault.drained")} />
      </div>
    </Section>
  );
}
