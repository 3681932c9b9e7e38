/** A transaction on its way out: as file, as text, as QR. */
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { TransactionView } from "../../../bindings";
import { announce } from "../../../components/announce";
import { copyText } from "../../../components/copyText";
import { Dialog } from "../../../components/Dialog";
import { ErrorPanel } from "../../../components/ErrorPanel";
import { save } from "../../../components/files";
import { Icon } from "../../../components/Icon";
import { Stack } from "../../../components/layout/Row";
import { QrCode } from "../../../components/QrCode";
import { useBackend } from "../../../transport";

/** The buttons. */
export function ExportTransaction({ transaction }: { transaction: TransactionView }) {
  const { t } = useTranslation();
  const [showingQr, setShowingQr] = useState(false);
  const backend = useBackend();
  // The bytes are part of the key: after another signature it is another export.
  const exported = useQuery({ queryKey: ["export_transaction", transaction.id, transaction.rawHex], queryFn: () => backend.call("export_transaction", { transaction: transaction.id }) });
  const ready = exported.data !== undefined;
  return (
    <Stack gap={3}>
      <p className="small ink-2">{t(transaction.complete ? "wallet:export.complete" : "wallet:export.incomplete")}</p>
      {exported.isError && <ErrorPanel inline error={exported.error} />}
      <Button variant={transaction.complete ? "filled" : "default"} disabled={!ready} leftSection={<Icon name="export" size={16} />} onClick={() => exported.data && void save(exported.data.file)}>
        {t("wallet:export.file")}
      </Button>
      <Button
        variant="default"
        disabled={!ready}
        leftSection={<Icon name="copy" size={16} />}
        onClick={() => exported.data && void copyText(exported.data.text).then(() => announce(t("frame:copied", { what: t("wallet:export.what") })))}
      >
        {t("wallet:export.copy")}
      </Button>
      {exported.data?.qrSvg != null && (
        <Button variant="default" disabled={!ready} leftSection={<Icon name="qr" size={16} />} onClick={() => setShowingQr(true)}>
          {t("wallet:export.qr")}
        </Button>
      )}
      {exported.data?.qrSvg != null && (
        <Dialog opened={showingQr} onClose={() => setShowingQr(false)} title={t("wallet:export.qrTitle")} width={420}>
          <QrCode svg={exported.data.qrSvg} label={t("wallet:export.qrTitle")} />
        </Dialog>
      )}
    </Stack>
  );
}
