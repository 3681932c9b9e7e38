/** Create: name and password → words on paper → four of them by position → done. The words are in `SecretView` only. */
import { Anchor, Button } from "@mantine/core";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";
import { Link, navigate } from "../../app/router";
import { Address } from "../../components/Address";
import { BoxChoices } from "../../components/Choices";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Fold } from "../../components/Fold";
import { Row, Stack } from "../../components/layout/Row";
import { OrbitPrint } from "../../components/OrbitPrint";
import { useDataWhen, useSecretCommand } from "../../transport";
import { useOpenSession } from "../../app/session";
import classes from "./Solo.module.css";
import { emptyFile, fileAccepted, NameAndPassword, type NewFile } from "./NameAndPassword";
import { Solo } from "./Solo";
import { WordsQuizForm } from "./WordsQuizForm";
import { NewWords } from "./NewWords";

type Step = "file" | "words" | "quiz" | "done";
const ORDER: Step[] = ["file", "words", "quiz", "done"];

/** The flow. */
export function CreateWallet() {
  const { t } = useTranslation();
  const [step, setStep] = useState<Step>("file");
  const [count, setCount] = useState<12 | 24>(24);
  const [checked, setChecked] = useState(false);
  const labels = [t("onboarding:steps.password"), t("onboarding:steps.words", { count }), t("onboarding:steps.quiz"), t("onboarding:steps.done")];
  const steps = { labels, current: step === "done" ? labels.length : ORDER.indexOf(step) };

  if (step === "file") return <FileStep steps={steps} count={count} onCount={setCount} onDone={() => setStep("words")} />;
  if (step === "words") {
    return (
      <Solo title={t("onboarding:words.title", { count })} under={t("onboarding:words.under")} steps={steps} remark={<Remark />}>
        <NewWords
          count={count}
          actions={
            <Button size="lg" onClick={() => setStep("quiz")}>
              {t("onboarding:words.written")}
            </Button>
          }
        />
        <p className={`small ${classes.later}`}>
          <Anchor component="button" type="button" onClick={() => setStep("done")}>
            {t("onboarding:quiz.later")}
          </Anchor>
        </p>
      </Solo>
    );
  }
  if (step === "quiz") {
    return (
      <Solo title={t("onboarding:quiz.title")} under={t("onboarding:quiz.under")} steps={steps} remark={<Remark />}>
        <WordsQuizForm
          onConfirmed={() => {
            setChecked(true);
            setStep("done");
          }}
          onBack={() => setStep("words")}
          onLater={() => setStep("done")}
        />
      </Solo>
    );
  }
  return (
    <Solo title={t("onboarding:done.title")} under={checked ? t("onboarding:done.checked") : t("onboarding:done.unchecked")} steps={steps}>
      <WalletDone />
    </Solo>
  );
}

function Remark() {
  const { t } = useTranslation();
  return (
    <>
      <strong>{t("onboarding:words.remarkTitle")}</strong> {t("onboarding:words.remark")}
    </>
  );
}

function FileStep({ steps, count, onCount, onDone }: { steps: { labels: string[]; current: number }; count: 12 | 24; onCount: (count: 12 | 24) => void; onDone: () => void }) {
  const { t } = useTranslation();
  const [file, setFile] = useState<NewFile>({ ...emptyFile, name: t("onboarding:file.firstName") });
  const create = useSecretCommand("create_wallet");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate(
      { name: file.name.trim(), password: file.password, wordCount: count },
      {
        onSuccess: () => {
          setFile(emptyFile);
          create.reset();
          onDone();
        },
      },
    );
  };
  return (
    <Solo title={t("onboarding:create.title")} under={t("onboarding:create.under")} steps={steps} remark={t("onboarding:create.remark")}>
      <form onSubmit={submit}>
        <Stack>
          <NameAndPassword value={file} onChange={setFile} />
          <Fold title={t("onboarding:create.length")} value={t("onboarding:create.words", { count })}>
            <BoxChoices
              label={t("onboarding:create.length")}
              labelHidden
              name="count"
              value={String(count) as "12" | "24"}
              onChange={(value) => onCount(value === "12" ? 12 : 24)}
              options={[
                { value: "24", title: t("onboarding:create.words", { count: 24 }), text: t("onboarding:create.words24") },
                { value: "12", title: t("onboarding:create.words", { count: 12 }), text: t("onboarding:create.words12") },
              ]}
            />
          </Fold>
          {create.isError && <ErrorPanel inline error={create.error} />}
          <Row gap={3} actions>
            <Button variant="default" size="lg" component="a" href="#/start">
              {t("frame:back")}
            </Button>
            <Button size="lg" type="submit" disabled={!fileAccepted(file)} loading={create.isPending}>
              {t("onboarding:create.go")}
            </Button>
          </Row>
        </Stack>
      </form>
    </Solo>
  );
}

/** The end of every flow: the first address, and what to do now. */
export function WalletDone() {
  const { t } = useTranslation();
  const session = useOpenSession();
  const accounts = useDataWhen("accounts", session ? [] : undefined).data?.accounts;
  const first = accounts?.[0];
  return (
    <Stack gap={5}>
      {first && (
        <Stack gap={3}>
          <Row gap={3}>
            <OrbitPrint address={first.address.plain} size={34} />
            <div>
              <p className="strong">{first.name}</p>
              <p className="small ink-2">{t("onboarding:done.address", { count: accounts.length })}</p>
            </div>
          </Row>
          <Address address={first.address.plain} grid />
          <Address address={first.address.plain} copy />
        </Stack>
      )}
      <p className="ink-2">{t("onboarding:done.copy")}</p>
      <Row gap={3} actions>
        <Button variant="default" size="lg" onClick={() => navigate("/settings/wallet?open=backup")}>
          {t("onboarding:done.backup")}
        </Button>
        <Button size="lg" onClick={() => navigate("/wallet")}>
          {t("onboarding:done.open")}
        </Button>
      </Row>
      <p className="small">
        <Link to="/smeshing">{t("onboarding:done.smeshing")}</Link>
      </p>
    </Stack>
  );
}
