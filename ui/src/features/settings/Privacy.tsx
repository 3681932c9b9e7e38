/** Everything that leaves this computer, as the program declares it. */
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "../../components/ErrorPanel";
import { StateGlyph } from "../../components/StatusPill";
import { useSentence } from "../../i18n/sentence";
import { useData } from "../../transport";
import classes from "./Settings.module.css";

/** The page. */
export function Privacy() {
  const { t } = useTranslation();
  const sentence = useSentence();
  const about = useData("about");
  if (about.isError) return <ErrorPanel error={about.error} />;
  const leaving = about.data?.leavesComputer ?? [];
  return (
    <div className={classes.block}>
      <h3>{t("settings:privacy.leaves")}</h3>
      {about.data && leaving.length === 0 ? (
        <p className={classes.text}>{t("settings:privacy.nothing")}</p>
      ) : (
        <ul className={classes.lines}>
          {leaving.map((line) => (
            <li key={line.key}>{sentence(line)}</li>
          ))}
        </ul>
      )}
      <h3 className={classes.block}>{t("settings:privacy.stays")}</h3>
      <ul className={classes.lines}>
        {(["keys", "words", "reports"] as const).map((what) => (
          <li key={what} className={classes.marked}>
            <StateGlyph state="ok" decorative />
            <span>{t(`settings:privacy.${what}`)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
