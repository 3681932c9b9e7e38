/** Half a minute before the wallet locks itself: a warning; any key or press keeps it open (`useActivity` tells the program). */
import { Button } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/Dialog";
import { useCommand, useOnChange } from "../../transport";
import { useOpenSession } from "../session";

/** Shows the warning while it counts. */
export function AutoLockWarning() {
  const { t } = useTranslation();
  const session = useOpenSession();
  const activity = useCommand("activity");
  const [endsAt, setEndsAt] = useState<number>();
  const [left, setLeft] = useState(0);

  useOnChange(
    "auto_lock_warning",
    useCallback((change) => {
      setLeft(change.seconds);
      setEndsAt(performance.now() + change.seconds * 1000);
    }, []),
  );
  useEffect(() => {
    if (endsAt === undefined) return;
    const timer = setInterval(() => setLeft(Math.max(0, Math.ceil((endsAt - performance.now()) / 1000))), 1000);
    return () => clearInterval(timer);
  }, [endsAt]);

  const keep = () => {
    setEndsAt(undefined);
    activity.mutate();
  };
  useEffect(() => {
    if (endsAt === undefined) return;
    const onPress = () => setEndsAt(undefined);
    window.addEventListener("keydown", onPress);
    return () => window.removeEventListener("keydown", onPress);
  }, [endsAt]);

  if (endsAt === undefined || session === undefined) return null;
  return (
    <Dialog
      opened
      onClose={keep}
      title={t("frame:autoLock.title")}
      width={420}
      footer={
        <Button data-autofocus onClick={keep}>
          {t("frame:autoLock.keep")}
        </Button>
      }
    >
      <p>{t("frame:autoLock.text", { seconds: left })}</p>
    </Dialog>
  );
}
