/** Proving speed: one sentence, the proof against the window, the measured choices, and one proposal. */
import { Button, Progress, Radio } from "@mantine/core";
import { useState } from "react";
import { Trans, useTranslation } from "react-i18next";
import type { ForecastView, IdentityView, ProposalView, ProvingChoice, SmeshingView, SpaceView } from "../../bindings";
import { Link, useParams } from "../../app/router";
import { ErrorPanel } from "../../components/ErrorPanel";
import { SpeedBar } from "../../components/instruments";
import { Page } from "../../components/layout/Page";
import { Notice } from "../../components/Notice";
import { formatByteRate, formatBytes, formatDuration } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { useCommand } from "../../transport";
import { findIdentity, useForecasts, useProposal, useSmeshing } from "./data";
import classes from "./smeshing.module.css";

/** Long enough for rates that repeat, short enough to wait for. */
const MEASURE_SECONDS = 20;
const PLANNED = 0.7;

export function SpeedPage() {
  const { id = "" } = useParams();
  const smeshing = useSmeshing();
  const proposal = useProposal();
  const { t } = useTranslation("smeshing");
  const identity = smeshing.data === undefined ? undefined : findIdentity(smeshing.data, id);
  if (smeshing.data === undefined || proposal.data === undefined) {
    const error = smeshing.error ?? proposal.error;
    return error === null ? null : (
      <Page title={t("speed.titleMachine")}>
        <ErrorPanel error={error} />
      </Page>
    );
  }
  if (identity === undefined || identity.space === null) {
    return (
      <Page title={t("identity.gone")} under={t("identity.goneText")}>
        <Link to="/smeshing">{t("identity.toSmeshing")}</Link>
      </Page>
    );
  }
  return <Speed smeshing={smeshing.data} identity={identity} space={identity.space} proposal={proposal.data} />;
}

interface SpeedProps {
  smeshing: SmeshingView;
  identity: IdentityView;
  space: SpaceView;
  proposal: ProposalView;
}

function Speed({ smeshing, identity, space, proposal }: SpeedProps) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const measure = useCommand("measure");
  const edit = useCommand("edit_identity");
  const forecasts = useForecasts(space.units, proposal.choices, proposal.forecast !== null);
  // Rates of another drive say nothing about this one.
  const measured = proposal.choices.length > 0 && sameDrive(proposal.folder.path, space.folder);
  const current = proposal.choices.findIndex((choice) => choice.nonces === space.nonces && choice.threads === space.threads);
  const proposed = proposal.choices.findIndex((choice) => choice.proposed);
  const [picked, setPicked] = useState<number>();
  const shown = picked ?? (proposed === -1 ? current : proposed);
  const choice = proposal.choices[shown];
  const forecast = forecasts[shown];
  const proof = forecast?.proofSeconds ?? null;
  return (
    <Page
      title={t("speed.title", { name: identity.name })}
      under={t("speed.under", { size: formatBytes(space.totalBytes), folder: space.folder, basis: measured ? sentence(proposal.basis) : t("speed.never") })}
      actions={
        <Button
          variant={measured ? "default" : "filled"}
          loading={proposal.measuring || measure.isPending}
          onClick={() => measure.mutate({ folder: space.folder, seconds: MEASURE_SECONDS })}
        >
          {measured ? t("speed.again") : t("speed.measure")}
        </Button>
      }
    >
      {measure.error !== null && <ErrorPanel inline error={measure.error} />}
      {edit.error !== null && <ErrorPanel inline error={edit.error} />}
      {proposal.measuring && (
        <section className={classes.ruled}>
          <span role="status">{proposal.step === null ? t("setup.measuring") : sentence(proposal.step)}</span>
          <Progress value={proposal.share * 100} size="sm" mt={6} aria-label={t("setup.measuring")} />
        </section>
      )}
      {measured && forecast !== undefined && proof !== null && (
        <section className={classes.ruled}>
          <p className={classes.sentence}>
            <Trans t={t} i18nKey="speed.sentence" values={{ proof: formatDuration(proof), window: formatDuration(forecast.windowSeconds) }} components={{ b: <b /> }} />
          </p>
          <p className={classes.sentenceNote}>
            {limit(proposal, choice, t)} {t("speed.warnAt", { planned: formatDuration(forecast.windowSeconds * PLANNED) })}{" "}
            {room(smeshing, space, choice, t)}
          </p>
          <SpeedBar proof={proof} window={forecast.windowSeconds} />
        </section>
      )}
      {measured && (
        <section className={classes.tight} data-ruled>
          <Choices proposal={proposal} forecasts={forecasts} picked={shown} onPick={setPicked} />
          <p className={classes.hint}>{t("speed.note")}</p>
          <div className={classes.buttons}>
            {choice !== undefined && (
              <Button
                disabled={shown === current}
                loading={edit.isPending}
                onClick={() => edit.mutate({ identity: identity.id, name: null, coinbase: null, nonces: choice.nonces, threads: choice.threads })}
              >
                {shown === current
                  ? t("speed.used", { choice: t("speed.choice", { nonces: choice.nonces, count: choice.threads }) })
                  : t("speed.use", { choice: t("speed.choice", { nonces: choice.nonces, count: choice.threads }) })}
              </Button>
            )}
          </div>
        </section>
      )}
      <Notice kind="neutral" title={t("speed.basis")} />
    </Page>
  );
}

/** Whether a measurement of one folder stands for another: the same folder, or one inside the other. */
function sameDrive(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

type Translate = ReturnType<typeof useTranslation<"smeshing">>["t"];

function limit(proposal: ProposalView, choice: ProvingChoice | undefined, t: Translate): string {
  if (proposal.readRate === null || choice === undefined) {
    return "";
  }
  return choice.rate >= proposal.readRate ? t("speed.limit.disk") : t("speed.limit.cpu");
}

function room(smeshing: SmeshingView, space: SpaceView, choice: ProvingChoice | undefined, t: Translate): string {
  const more = (choice?.unitsProvable ?? 0) - space.units;
  return more > 0 ? t("speed.room", { size: formatBytes(BigInt(smeshing.unitBytes) * BigInt(more)) }) : "";
}

interface ChoicesProps {
  proposal: ProposalView;
  forecasts: readonly (ForecastView | undefined)[];
  picked: number;
  onPick: (index: number) => void;
}

function Choices({ proposal, forecasts, picked, onPick }: ChoicesProps) {
  const { t } = useTranslation("smeshing");
  return (
    <table className={classes.table}>
      <caption className="reader-only">{t("speed.choices")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("speed.head.choice")}</th>
          <th scope="col" data-align="right">
            {t("speed.head.read")}
          </th>
          <th scope="col" data-align="right">
            {t("speed.head.pow")}
          </th>
          <th scope="col" data-align="right">
            {t("speed.head.once")}
          </th>
          <th scope="col" data-align="right">
            {t("speed.head.whole")}
          </th>
        </tr>
      </thead>
      <tbody>
        {proposal.choices.map((choice, index) => {
          const forecast = forecasts[index];
          const proof = forecast?.proofSeconds ?? null;
          const pow = forecast?.powSeconds ?? null;
          const disk = proposal.readRate !== null && choice.rate >= proposal.readRate;
          return (
            <tr key={`${choice.nonces} ${choice.threads}`} data-chosen={index === picked ? "" : undefined}>
              <td>
                <Radio name="proving" value={String(index)} checked={index === picked} onChange={() => onPick(index)} label={t("speed.choice", { nonces: choice.nonces, count: choice.threads })} />
              </td>
              <td data-align="right" className={classes.noPhone}>
                {disk ? t("speed.limited.disk", { rate: formatByteRate(proposal.readRate ?? 0) }) : t("speed.limited.cpu", { rate: formatByteRate(choice.rate) })}
              </td>
              <td data-align="right" className={classes.noPhone}>
                {pow === null ? "" : formatDuration(pow)}
              </td>
              <td data-align="right" className={classes.noPhone}>
                {t("percent", { value: (Math.floor(choice.onePass * 1000) / 10).toFixed(1) })}
              </td>
              <td data-align="right">
                <span className={classes.name}>{proof === null ? "" : formatDuration(proof)}</span>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
