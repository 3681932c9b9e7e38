/** Filling: how far and until when, the files, the devices with their rates, and what closing Smapp does. */
import { Button, SegmentedControl } from "@mantine/core";
import { Trans, useTranslation } from "react-i18next";
import type { DeviceChoice, IdentityView, ProviderView, SpaceView, TaskDevice, TaskView } from "../../bindings";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Icon } from "../../components/Icon";
import { RangeMap, Sparkline } from "../../components/instruments";
import { Page } from "../../components/layout/Page";
import { Notice } from "../../components/Notice";
import { formatByteRate, formatBytes, formatCount, formatLabelRate } from "../../format";
import { useSentence } from "../../i18n/sentence";
import { fileCounts, rangeFiles, shortId } from "./data";
import { useRates } from "./rates";
import classes from "./smeshing.module.css";
import { TaskBar, TaskCounts } from "./tasks";

const LABEL_BYTES = 16;

interface FillingViewProps {
  identity: IdentityView;
  space: SpaceView;
  task: TaskView;
  /** All devices of this computer. */
  providers: readonly ProviderView[];
  onPause: () => void;
  onResume: () => void;
  onDevices: (devices: DeviceChoice[]) => void;
  onRemove: () => void;
  busy: boolean;
  error: unknown;
}

export function FillingView(props: FillingViewProps) {
  const { identity, space, task, providers, onPause, onResume, onDevices, onRemove, busy, error } = props;
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const size = formatBytes(space.totalBytes);
  const files = fileCounts(space);
  const stopped = task.state === "paused" || task.state === "failed" || task.state === "cancelled";
  const title = task.state === "paused" ? t("filling.titlePaused", { size }) : task.state === "failed" ? t("filling.titleFailed", { size }) : t("filling.title", { size });
  return (
    <Page
      title={title}
      under={
        <Trans
          t={t}
          i18nKey="filling.under"
          values={{ folder: space.folder, identity: shortId(identity.id) }}
          components={{ code: <code className={classes.mono} /> }}
          shouldUnescape
        />
      }
      actions={
        stopped ? (
          <>
            <Button variant="default" onClick={onRemove}>
              {t("identity.remove")}
            </Button>
            <Button loading={busy} leftSection={<Icon name="play" size={16} />} onClick={onResume}>
              {t("filling.resume")}
            </Button>
          </>
        ) : (
          <Button variant="default" loading={busy || task.state === "pausing"} leftSection={<Icon name="pause" size={16} />} onClick={onPause}>
            {t("filling.pause")}
          </Button>
        )
      }
    >
      <section className={classes.ruled}>
        <TaskBar
          task={task}
          title={task.phase === null ? t("filling.task") : sentence(task.phase)}
          prominent
          figures={<Counts task={task} />}
          action={task.rate === null || stopped ? undefined : <Speed rate={task.rate} />}
        />
        {task.phase !== null && <p className={classes.hint}>{sentence(task.phase)}</p>}
        {task.error !== null && <ErrorPanel inline error={task.error} />}
        {error !== null && error !== undefined && <ErrorPanel inline error={error} />}
        {task.warnings.length > 0 && (
          <div className={classes.notices}>
            {task.warnings.map((warning) => (
              <Notice key={warning.text} kind="attention" title={sentence(warning)} />
            ))}
          </div>
        )}
      </section>
      <section className={classes.tight} data-ruled>
        <div className={classes.headRow}>
          <h2>{t("filling.files")}</h2>
          <span className="small ink-2">{t("filling.filesDone", { done: formatCount(files.complete), total: formatCount(files.total) })}</span>
        </div>
        <RangeMap files={rangeFiles(space)} vrfFile={space.vrfNonceFile ?? undefined} />
      </section>
      <section className={classes.tight} data-ruled>
        <Devices task={task} providers={providers} onDevices={onDevices} />
      </section>
      <Notice kind="neutral" title={sentence(task.closeSentence)}>
        {t("filling.after")}
      </Notice>
    </Page>
  );
}

function Counts({ task }: { task: TaskView }) {
  const { t } = useTranslation("smeshing");
  return (
    <>
      <TaskCounts task={task} />
      {task.unit === "labels" && ` · ${t("filling.labels", { done: formatCount(task.done), total: formatCount(task.total) })}`}
    </>
  );
}

function Speed({ rate }: { rate: number }) {
  const { t } = useTranslation("smeshing");
  return `${formatLabelRate(rate)} · ${t("filling.written", { rate: formatByteRate(rate * LABEL_BYTES) })}`;
}

function Devices({ task, providers, onDevices }: { task: TaskView; providers: readonly ProviderView[]; onDevices: (devices: DeviceChoice[]) => void }) {
  const { t } = useTranslation("smeshing");
  const active = task.devices.filter((device) => device.state !== "stopped");
  const choices = active.map(({ id, gentle }): DeviceChoice => ({ id, gentle }));
  const others = providers.filter((provider) => provider.usable && !active.some((device) => device.id === provider.id));
  return (
    <table className={classes.table}>
      <caption className="reader-only">{t("filling.devices")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("filling.head.device")}</th>
          <th scope="col">{t("filling.head.history")}</th>
          <th scope="col" data-align="right">
            {t("filling.head.rate")}
          </th>
          <th scope="col" data-align="right">
            {t("filling.head.done")}
          </th>
          <th scope="col" data-align="right">
            {t("filling.head.load")}
          </th>
        </tr>
      </thead>
      <tbody>
        {active.map((device) => (
          <ActiveDevice
            key={device.id}
            task={task}
            device={device}
            removable={active.length > 1}
            onLoad={(gentle) => onDevices(choices.map((each) => (each.id === device.id ? { ...each, gentle } : each)))}
            onRemove={() => onDevices(choices.filter((each) => each.id !== device.id))}
          />
        ))}
        {others.map((provider) => (
          <tr key={provider.id} data-off="">
            <td>{provider.name}</td>
            <td className={classes.noPhone} />
            <td data-align="right" className={classes.noPhone}>
              {provider.rate === null ? "" : t("filling.possible", { rate: formatLabelRate(provider.rate) })}
            </td>
            <td data-align="right" className={classes.noPhone} />
            <td data-align="right">
              <Button
                variant="quiet"
                size="xs"
                aria-label={t("filling.addLabel", { device: provider.name })}
                onClick={() => onDevices([...choices, { id: provider.id, gentle: false }])}
              >
                {t("filling.add")}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface ActiveDeviceProps {
  task: TaskView;
  device: TaskDevice;
  removable: boolean;
  onLoad: (gentle: boolean) => void;
  onRemove: () => void;
}

function ActiveDevice({ task, device, removable, onLoad, onRemove }: ActiveDeviceProps) {
  const { t } = useTranslation("smeshing");
  const rates = useRates(task.id, device.id);
  const rate = device.rate === null ? t("filling.noRate") : formatLabelRate(device.rate);
  return (
    <tr>
      <td>
        <span className={classes.name}>{device.name}</span>
        {device.message !== null && <span className={device.state === "working" ? classes.sub : classes.danger}>{device.message}</span>}
        <span className={`${classes.sub ?? ""} ${classes.onlyPhone ?? ""}`}>{rate}</span>
      </td>
      <td className={classes.noPhone}>
        <Sparkline values={rates} />
      </td>
      <td data-align="right" className={classes.noPhone}>
        {rate}
      </td>
      <td data-align="right" className={classes.noPhone}>
        {formatBytes(BigInt(device.done) * BigInt(LABEL_BYTES))}
      </td>
      <td data-align="right">
        <SegmentedControl
          size="xs"
          aria-label={t("load.label", { device: device.name })}
          value={device.gentle ? "gentle" : "full"}
          onChange={(value) => onLoad(value === "gentle")}
          data={[
            { value: "full", label: t("load.full") },
            { value: "gentle", label: t("load.gentle") },
          ]}
        />
        {removable && (
          <Button variant="quiet" size="xs" aria-label={t("filling.removeLabel", { device: device.name })} onClick={onRemove}>
            {t("filling.remove")}
          </Button>
        )}
      </td>
    </tr>
  );
}
