/** The devices that can fill: measured rate, how long the size would take alone, and why one cannot be used. */
import { Checkbox } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { ProviderView } from "../../bindings";
import { formatBytes, formatDuration, formatLabelRate } from "../../format";
import { useSentence } from "../../i18n/sentence";
import classes from "./smeshing.module.css";

const LABEL_BYTES = 16n;

interface DeviceTableProps {
  providers: readonly ProviderView[];
  /** Ids. */
  chosen: readonly string[];
  measuring: boolean;
  /** The size to be filled. */
  bytes: bigint;
  onChange: (ids: readonly string[]) => void;
}

export function DeviceTable({ providers, chosen, measuring, bytes, onChange }: DeviceTableProps) {
  const { t } = useTranslation("smeshing");
  const waiting = measuring ? t("setup.measuringValue") : t("setup.unknown");
  const labels = Number(bytes / LABEL_BYTES);
  return (
    <table className={classes.table}>
      <thead>
        <tr>
          <th scope="col">{t("setup.devices.head.device")}</th>
          <th scope="col" data-align="right">
            {t("setup.devices.head.rate")}
          </th>
          <th scope="col" data-align="right">
            {t("setup.devices.head.alone")}
          </th>
        </tr>
      </thead>
      <tbody>
        {providers.map((device) => (
          <tr key={device.id} data-off={device.usable ? undefined : ""}>
            <td>
              <Checkbox
                label={
                  <>
                    <span className={classes.name}>{device.name}</span>
                    <span className={classes.sub}>
                      <Facts device={device} />
                    </span>
                  </>
                }
                checked={device.usable && chosen.includes(device.id)}
                disabled={!device.usable}
                onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, device.id] : chosen.filter((id) => id !== device.id))}
              />
            </td>
            <td data-align="right">{!device.usable ? "" : device.rate === null ? waiting : formatLabelRate(device.rate)}</td>
            <td data-align="right" className={classes.noPhone}>
              {device.usable && device.rate !== null && device.rate > 0 ? formatDuration(labels / device.rate) : ""}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Facts({ device }: { device: ProviderView }) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  if (!device.usable) {
    return t("setup.devices.unusable", { reason: device.reason === null ? t("setup.unknown") : sentence(device.reason) });
  }
  const facts = [
    device.memoryBytes === null || device.kind === "cpu" ? "" : formatBytes(device.memoryBytes),
    device.backend,
    device.driver ?? "",
    device.kind === "software" ? t("setup.devices.software") : "",
    device.kind === "cpu" && !device.proposed ? t("setup.devices.cpuNote") : "",
  ];
  return facts.filter((fact) => fact !== "").join(" · ");
}
