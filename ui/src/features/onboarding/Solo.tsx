/** A flow that fills the window: the drawing or the steps at the left, the question at the right; phones show the right side only. */
import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Mark } from "../../components/Icon";
import { useHeadingFocus } from "../../components/layout/Page";
import { Steps } from "../../components/Steps";
import { StateGlyph } from "../../components/StatusPill";
import { stateOf } from "../../components/tone";
import { useSentence } from "../../i18n/sentence";
import { useData } from "../../transport";
import { EpochRing } from "./EpochRing";
import classes from "./Solo.module.css";

interface SoloProps {
  title: string;
  /** 28 px, for the first question; otherwise a page title. */
  big?: boolean;
  under?: ReactNode;
  /** The steps of the flow instead of the drawing. */
  steps?: { labels: string[]; current: number };
  /** A remark at the foot of the left side. */
  remark?: ReactNode;
  /** States of node and smeshing at the foot of the left side. */
  showState?: boolean;
  children: ReactNode;
}

/** The two sides. */
export function Solo({ title, big = false, under, steps, remark, showState = false, children }: SoloProps) {
  const { t } = useTranslation();
  const heading = useHeadingFocus(title);
  return (
    <div className={classes.solo}>
      <div className={classes.art}>
        <div className={classes.brand}>
          <Mark size={30} />
          <span>{t("frame:product")}</span>
        </div>
        {steps ? (
          <div className={classes.steps}>
            <Steps {...steps} />
          </div>
        ) : (
          <EpochRing />
        )}
        <div className={classes.foot}>
          {remark !== undefined && <p>{remark}</p>}
          {showState && <States />}
        </div>
      </div>
      <div className={classes.side}>
        <div className={classes.body}>
          {steps && (
            <div className={classes.phoneSteps}>
              <Steps {...steps} />
            </div>
          )}
          <h1 ref={heading} tabIndex={-1} className={big ? classes.big : undefined}>
            {title}
          </h1>
          {under !== undefined && <div className={classes.under}>{under}</div>}
          <div className={classes.content}>{children}</div>
        </div>
      </div>
    </div>
  );
}

/** What goes on behind the question: node and smeshing. */
function States() {
  const status = useData("status").data;
  const sentence = useSentence();
  if (status === undefined) return null;
  return (
    <ul className={classes.states}>
      {[status.node, status.smeshing].map((part, index) => (
        <li key={index}>
          <StateGlyph state={stateOf(part.tone)} />
          <span>{sentence(part.text)}</span>
        </li>
      ))}
    </ul>
  );
}
