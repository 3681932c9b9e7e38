/** The words of the open wallet, after the password. */
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/Dialog";
import { Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { NewWords } from "../onboarding/NewWords";

/** The dialog; closing it drops the words. */
export function WordsDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog opened onClose={onClose} title={t("settings:wallet.wordsTitle")} width={720}>
      <Stack>
        <Notice kind="attention" title={t("settings:wallet.wordsWarning")}>
          {t("settings:wallet.wordsWarningText")}
        </Notice>
        <NewWords count={24} />
      </Stack>
    </Dialog>
  );
}
