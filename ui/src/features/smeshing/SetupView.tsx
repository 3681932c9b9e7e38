/**
 * Committing space on one screen: the size with its handle, what it costs in time, and folded rows with the proposal's values.
 *
 * The proposal streams in while the computer is measured; a value the person chose is never overwritten by it.
 */
import { Button, NumberInput, Progress } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FolderView, ForecastView, IdentityView, NetworkView, ProposalView, ProviderView, SmeshingView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Fold } from "../../components/Fold";
import { DiskBar } from "../../components/instruments";
import { Page } from "../../components/layout/Page";
import { formatByteRate, formatBytes, formatDuration, formatInstant, formatLabelRate, useClock } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { CoinbaseField, CoinbaseSummary } from "./CoinbaseField";
import { DeviceTable } from "./DeviceTable";
import { NoNode } from "./EmptyView";
import { FolderField } from "./FolderField";
import { FolderNotices, ProblemNotice } from "./FolderNotices";
import { IdentityFields, type IdentityDraft } from "./IdentityFields";
import classes from "./smeshing.module.css";

/** What the person chose so far; absent: as proposed. */
export interface SetupDraft {
  units?: number;
  folder?: string;
  /** Ids of devices. */
  devices?: readonly string[];
  coinbase: string;
  nonces?: number;
  threads?: number;
  identity: IdentityDraft;
}

interface SetupViewProps {
  smeshing: SmeshingView;
  network: NetworkView;
  proposal: ProposalView;
  /** The folder in use: the person's once looked at, else the proposed one. */
  folder: FolderView;
  /** For the size and devices of the draft; absent while it is computed. */
  forecast: ForecastView | undefined;
  draft: SetupDraft;
  onChange: (draft: SetupDraft) => void;
  onCommit: () => void;
  onMeasure: () => void;
  busy: boolean;
  error: unknown;
}

/** The devices that would fill: the chosen ones, else the proposed ones. */
export function chosenDevices(draft: SetupDraft, providers: readonly ProviderView[]): readonly string[] {
  return draft.devices ?? providers.filter((each) => each.usable && each.proposed).map((each) => each.id);
}

/** Smallest and largest size that can be committed here; no size fits where the largest is below the smallest. */
export function sizeLimits(smeshing: SmeshingView, folder: FolderView): { min: number; max: number } {
  return { min: smeshing.minUnits, max: Math.min(smeshing.maxUnits, folder.unitsThatFit) };
}

/** The size in units within the limits. */
export function chosenUnits(draft: SetupDraft, smeshing: SmeshingView, folder: FolderView, proposed: number): number {
  const { min, max } = sizeLimits(smeshing, folder);
  return Math.max(min, Math.min(max, draft.units ?? proposed));
}

export function SetupView(props: SetupViewProps) {
  const { smeshing, network, proposal, folder, forecast, draft, onChange, onCommit, onMeasure, busy, error } = props;
  const { t } = useTranslation("smeshing");
  const [typed, setTyped] = useState<number | string>();
  const unit = BigInt(smeshing.unitBytes);
  const { min, max } = sizeLimits(smeshing, folder);
  const units = chosenUnits(draft, smeshing, folder, proposal.units);
  const size = formatBytes(unit * BigInt(units));
  const devices = chosenDevices(draft, proposal.providers);
  const room = max >= min;
  const blocked = folder.problems.some((problem) => problem.blocks) || folder.data !== null;
  const ready = room && !blocked && devices.length > 0 && !busy;
  const detents = proposal.unitsProvable !== null && proposal.unitsProvable > min && proposal.unitsProvable < max ? [proposal.unitsProvable] : [];
  return (
    <Page title={t("setup.title")} under={t("setup.under", { epoch: formatDuration(network.layersPerEpoch * network.layerSeconds) })}>
      <section className={classes.ruled}>
        <div className={classes.sizeGrid}>
          <div>
            <div className={classes.size}>
              <output aria-live="off">{size}</output>
              <span>
                {t("setup.units", { count: units })}
                {units === min && ` · ${t("setup.minimum")}`}
              </span>
              <NumberInput
                className={classes.unitField}
                label={t("setup.unitsField", { size: formatBytes(unit) })}
                // What is being typed stays as it is, also when the measurement proposes another size meanwhile.
                value={typed ?? units}
                min={min}
                max={Math.max(min, max)}
                allowDecimal={false}
                clampBehavior="blur"
                onChange={(value) => {
                  setTyped((before) => (before === undefined ? undefined : value));
                  if (typeof value === "number" && value >= min) onChange({ ...draft, units: value });
                }}
                onFocus={() => setTyped(units)}
                onBlur={() => setTyped(undefined)}
              />
            </div>
            {room ? (
              <DiskBar
                drive={folder.path}
                total={BigInt(folder.totalBytes)}
                used={BigInt(folder.totalBytes) - BigInt(folder.freeBytes)}
                unit={unit}
                units={units}
                min={min}
                max={max}
                detents={detents}
                onChange={(value) => onChange({ ...draft, units: value })}
              />
            ) : (
              <div className={classes.notices}>
                <ProblemNotice
                  kind="attention"
                  text={t("setup.nothing", { size: formatBytes(unit * BigInt(min)), free: formatBytes(folder.freeBytes) })}
                />
              </div>
            )}
          </div>
          <div>
            <Button size="lg" fullWidth disabled={!ready} loading={busy} onClick={onCommit}>
              {t("setup.commit", { size })}
            </Button>
            <p className={`${classes.hint ?? ""} ${classes.centered ?? ""}`}>{t("setup.canPause")}</p>
          </div>
        </div>
        <FolderNotices folder={folder} others={proposal.problems} />
        {error !== null && error !== undefined && <ErrorPanel inline error={error} />}
      </section>
      <section className={classes.ruled}>
        <Figures forecast={forecast} measuring={proposal.measuring} hasNode={network.hasNode} />
        <Measuring proposal={proposal} onMeasure={onMeasure} />
      </section>
      <section className={classes.rows}>
        <FolderRow folder={folder} readRate={proposal.readRate} onUse={(path) => onChange({ ...draft, folder: path })} />
        <Fold title={t("setup.rows.devices")} value={<DevicesSummary providers={proposal.providers} chosen={devices} />} open>
          <DeviceTable
            providers={proposal.providers}
            chosen={devices}
            measuring={proposal.measuring}
            bytes={unit * BigInt(units)}
            onChange={(ids) => onChange({ ...draft, devices: ids })}
          />
        </Fold>
        <Fold title={t("setup.rows.coinbase")} value={<CoinbaseSummary value={draft.coinbase} />}>
          <CoinbaseField value={draft.coinbase} onChange={(coinbase) => onChange({ ...draft, coinbase })} />
        </Fold>
        <ProvingRow proposal={proposal} draft={draft} onChange={onChange} />
        <IdentityRow draft={draft} identities={smeshing.identities} onChange={onChange} />
      </section>
      {!network.hasNode && (
        <div className={classes.space}>
          <NoNode />
        </div>
      )}
    </Page>
  );
}

function Figures({ forecast, measuring, hasNode }: { forecast: ForecastView | undefined; measuring: boolean; hasNode: boolean }) {
  const { t } = useTranslation("smeshing");
  const { zone, now } = useClock();
  const waiting = measuring ? t("setup.measuringValue") : t("setup.unknown");
  return (
    <dl className={classes.figures}>
      <div>
        <dt>{t("setup.figures.fill")}</dt>
        <dd>
          <span className={classes.figureValue}>
            {forecast?.fillSeconds === null || forecast === undefined ? waiting : formatDuration(forecast.fillSeconds)}
          </span>
          <span className={classes.figureNote}>
            {forecast?.filledAt !== null && forecast !== undefined
              ? t("setup.figures.fillEnd", { end: formatInstant(Date.parse(forecast.filledAt), now, zone) })
              : measuring
                ? ""
                : t("setup.figures.fillUnknown")}
          </span>
        </dd>
      </div>
      <div>
        <dt>{t("setup.figures.proof")}</dt>
        <dd>
          <span className={classes.figureValue}>
            {forecast?.proofSeconds === null || forecast === undefined ? waiting : formatDuration(forecast.proofSeconds)}
          </span>
          {forecast !== undefined && (
            <span className={classes.figureNote} data-tone={forecast.verdict === "too_long" ? "warn" : undefined}>
              {t("setup.figures.proofOf", { window: formatDuration(forecast.windowSeconds), fit: fitWord(forecast.verdict, t) })}
            </span>
          )}
        </dd>
      </div>
      {!hasNode && (
        <div>
          <dt>{t("setup.figures.reward")}</dt>
          <dd>
            <span className={classes.figureValue}>{t("setup.figures.notYet")}</span>
            <span className={classes.figureNote}>{t("noNode.short")}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

function fitWord(verdict: string | null, t: ReturnType<typeof useTranslation<"smeshing">>["t"]): string {
  switch (verdict) {
    case "comfortable":
      return t("setup.figures.fit.comfortable");
    case "fits":
      return t("setup.figures.fit.fits");
    case "too_long":
      return t("setup.figures.fit.tooLong");
    default:
      return t("setup.measuringValue");
  }
}

function Measuring({ proposal, onMeasure }: { proposal: ProposalView; onMeasure: () => void }) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  return (
    <div className={classes.hint}>
      {proposal.measuring ? (
        <>
          <span role="status">{proposal.step === null ? t("setup.measuring") : sentence(proposal.step)}</span>
          <Progress value={proposal.share * 100} size="sm" mt={6} aria-label={t("setup.measuring")} />
        </>
      ) : (
        <span>
          {sentence(proposal.basis)}{" "}
          <Button variant="quiet" size="xs" onClick={onMeasure}>
            {t("setup.measuredAgain")}
          </Button>
        </span>
      )}
    </div>
  );
}

function FolderRow({ folder, readRate, onUse }: { folder: FolderView; readRate: number | null; onUse: (path: string) => void }) {
  const { t } = useTranslation("smeshing");
  const [path, setPath] = useState<string>();
  const parts = [
    driveWord(folder.drive, t),
    readRate === null ? "" : t("setup.folder.read", { rate: formatByteRate(readRate) }),
    t("setup.folder.free", { size: formatBytes(folder.freeBytes) }),
  ].filter((part) => part !== "");
  const typed = path ?? folder.path;
  return (
    <Fold
      title={t("setup.rows.folder")}
      value={
        <>
          <span className={classes.mono}>{folder.path}</span> {`· ${parts.join(", ")}`}
        </>
      }
    >
      <FolderField label={t("setup.folder.field")} value={typed} onChange={setPath} />
      <div className={classes.buttons}>
        <Button variant="default" disabled={typed.trim() === "" || typed === folder.path} onClick={() => onUse(typed.trim())}>
          {t("setup.folder.use")}
        </Button>
      </div>
    </Fold>
  );
}

function driveWord(drive: string, t: ReturnType<typeof useTranslation<"smeshing">>["t"]): string {
  switch (drive) {
    case "ssd":
    case "hdd":
    case "network":
    case "removable":
      return t(`setup.folder.kind.${drive}`);
    default:
      return "";
  }
}

function DevicesSummary({ providers, chosen }: { providers: readonly ProviderView[]; chosen: readonly string[] }) {
  const { t } = useTranslation("smeshing");
  const used = providers.filter((each) => chosen.includes(each.id));
  const counts = { used: used.length, all: providers.length };
  if (used.length === 0) {
    return t("setup.devices.summaryNone");
  }
  if (used.some((each) => each.rate === null)) {
    return t("setup.devices.summaryMeasuring", counts);
  }
  return t("setup.devices.summary", { ...counts, rate: formatLabelRate(used.reduce((sum, each) => sum + (each.rate ?? 0), 0)) });
}

function ProvingRow({ proposal, draft, onChange }: { proposal: ProposalView; draft: SetupDraft; onChange: (draft: SetupDraft) => void }) {
  const { t } = useTranslation("smeshing");
  const nonces = draft.nonces ?? proposal.nonces;
  const threads = draft.threads ?? proposal.threads;
  return (
    <Fold title={t("setup.rows.proving")} value={t("setup.proving.summary", { nonces, count: threads, size: formatBytes(proposal.maxFileBytes) })}>
      <div className={classes.fields}>
        <NumberInput
          label={t("setup.proving.nonces")}
          description={t("setup.proving.noncesHint")}
          value={nonces}
          min={16}
          max={4096}
          step={16}
          allowDecimal={false}
          onChange={(value) => {
            if (typeof value === "number") onChange({ ...draft, nonces: value });
          }}
        />
        <NumberInput
          label={t("setup.proving.threads")}
          description={t("setup.proving.threadsHint", { threads: proposal.cpuThreads })}
          value={threads}
          min={1}
          max={proposal.cpuThreads}
          allowDecimal={false}
          onChange={(value) => {
            if (typeof value === "number") onChange({ ...draft, threads: value });
          }}
        />
      </div>
    </Fold>
  );
}

function IdentityRow({ draft, identities, onChange }: { draft: SetupDraft; identities: readonly IdentityView[]; onChange: (draft: SetupDraft) => void }) {
  const { t } = useTranslation("smeshing");
  const free = identities.filter((each) => each.space === null && each.keyFile !== null);
  const { identity } = draft;
  const value =
    identity.kind === "new"
      ? identity.name === ""
        ? t("setup.identity.summaryNext")
        : t("setup.identity.summaryNew", { name: identity.name })
      : identity.kind === "existing"
        ? (identities.find((each) => each.id === identity.id)?.name ?? identity.id)
        : t("setup.identity.summaryFile", { file: identity.path });
  return (
    <Fold title={t("setup.rows.identity")} value={value}>
      <IdentityFields draft={identity} free={free} onChange={(next) => onChange({ ...draft, identity: next })} />
    </Fold>
  );
}
