/** At most one reminder on top of the wallet: the worst notice of the program that concerns this page. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { navigate } from "../../app/router";
import type { NoticeView } from "../../bindings";
import { Notice } from "../../components/Notice";
import { stateOf } from "../../components/tone";
import { useSentence } from "../../i18n/sentence";
import { useCommand, useData } from "../../transport";
import classes from "./Reminder.module.css";

/** Where an action of a notice leads. Those of other pages are handled there. */
const targets: Record<string, string> = {
  check_words: "/wallet/words",
  backup: "/settings/wallet?open=backup",
  open_settings: "/settings",
  open_smeshing: "/smeshing",
  resume_filling: "/smeshing",
  repair: "/smeshing",
  choose_network: "/settings/network",
};

/** Draws it, or nothing. */
export function Reminder({ page }: { page: NoticeView["page"] }) {
  const { t } = useTranslation();
  const sentence = useSentence();
  const notices = useData("notices").data ?? [];
  const dismiss = useCommand("dismiss_notice");
  const notice = notices.find((candidate) => candidate.page === page || candidate.page === "all");
  if (notice === undefined) return null;
  const target = notice.action && targets[notice.action.id];
  const state = stateOf(notice.tone);
  return (
    <div className={classes.reminder}>
      <Notice
        kind={state === "bad" ? "failed" : state === "warn" ? "attention" : state === "run" ? "progress" : "neutral"}
        title={sentence(notice.title)}
        action={
          <>
            {target !== undefined && target !== null && notice.action && (
              <Button size="xs" variant="default" onClick={() => navigate(target)}>
                {sentence(notice.action.label)}
              </Button>
            )}
            {notice.dismissible && (
              <Button size="xs" variant="quiet" onClick={() => dismiss.mutate({ notice: notice.id })}>
                {t("wallet:reminder.dismiss")}
              </Button>
            )}
          </>
        }
      >
        {notice.body && sentence(notice.body)}
      </Notice>
    </div>
  );
}
