/** Watch: a wallet without keys that follows addresses. */
import { Button, Textarea } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Row, Stack } from "../../components/layout/Row";
import { StateGlyph } from "../../components/StatusPill";
import { shortAddressText } from "../../components/addressText";
import { useAddressCheck } from "../../components/AddressInput";
import { useSentence } from "../../i18n/sentence";
import { useSecretCommand } from "../../transport";
import { WalletDone } from "./CreateWallet";
import { emptyFile, fileAccepted, NameAndPassword, type NewFile } from "./NameAndPassword";
import { Solo } from "./Solo";

/** The flow. */
export function WatchAddresses() {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const [file, setFile] = useState<NewFile>({ ...emptyFile, name: t("onboarding:watch.name") });
  const create = useSecretCommand("create_watch_wallet");
  const [done, setDone] = useState(false);
  const addresses = text.split(/[\s,;]+/).filter(Boolean);
  const labels = [t("onboarding:steps.addresses"), t("onboarding:steps.done")];

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate(
      { name: file.name.trim(), password: file.password, addresses },
      {
        onSuccess: () => {
          setFile(emptyFile);
          create.reset();
          setDone(true);
        },
      },
    );
  };
  if (done) {
    return (
      <Solo title={t("onboarding:watch.doneTitle")} under={t("onboarding:watch.doneUnder")} steps={{ labels, current: 2 }}>
        <WalletDone />
      </Solo>
    );
  }
  return (
    <Solo title={t("onboarding:watch.title")} under={t("onboarding:watch.under")} steps={{ labels, current: 0 }} remark={t("onboarding:watch.remark")}>
      <form onSubmit={submit}>
        <Stack>
          <Textarea
            label={t("onboarding:watch.addresses")}
            description={t("onboarding:watch.addressesText")}
            inputWrapperOrder={["label", "input", "description"]}
            value={text}
            autosize
            minRows={2}
            autoComplete="off"
            spellCheck={false}
            autoFocus
            onChange={(event) => setText(event.currentTarget.value)}
          />
          {addresses.slice(0, 20).map((address) => (
            <Checked key={address} address={address} />
          ))}
          <NameAndPassword value={file} onChange={setFile} autoFocus={false} />
          {create.isError && <ErrorPanel inline error={create.error} />}
          <Row gap={3} actions>
            <Button variant="default" size="lg" component="a" href="#/start">
              {t("frame:back")}
            </Button>
            <Button size="lg" type="submit" disabled={addresses.length === 0 || !fileAccepted(file)} loading={create.isPending}>
              {t("onboarding:watch.go")}
            </Button>
          </Row>
        </Stack>
      </form>
    </Solo>
  );
}

function Checked({ address }: { address: string }) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const check = useAddressCheck(address);
  if (check === undefined) return null;
  return (
    <div className={`small ${check.valid ? "ink-2" : "failed"}`}>
      <Row gap={2}>
        <StateGlyph state={check.valid ? "ok" : "bad"} />
        <span className="mono">{shortAddressText(address)}</span>
        <span>{check.valid ? t("onboarding:watch.fits") : check.message && sentence(check.message)}</span>
      </Row>
    </div>
  );
}
