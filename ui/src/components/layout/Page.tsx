/** The skeleton of a page: title or tabs, one sentence, sections with a margin column. No cards. */
import { useEffect, useRef, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Link, useIsCurrent, useLocation } from "../../app/router";
import { StateGlyph, type State } from "../StatusPill";
import classes from "./Page.module.css";

interface PageProps {
  /** The page's `h1`. Takes the focus after navigation, so that a reader hears where it is. */
  title: string;
  /** Present for readers only; the tabs or the sentence show where one is. */
  titleHidden?: boolean;
  /** Draws the title as the one sentence of the page, 28 px. */
  sentence?: ReactNode;
  /** The state above the sentence, in words. */
  state?: { state: State; text: string };
  /** A line under the title. */
  under?: ReactNode;
  /** Buttons at the right of the title. */
  actions?: ReactNode;
  /** Tabs of the area, see `Tabs`. */
  tabs?: ReactNode;
  children?: ReactNode;
}

/** A page of the frame. */
export function Page({ title, titleHidden = false, sentence, state, under, actions, tabs, children }: PageProps) {
  const heading = useHeadingFocus(title);
  return (
    <div className={classes.page}>
      {tabs}
      {titleHidden && sentence === undefined ? (
        <h1 ref={heading} tabIndex={-1} className="reader-only">
          {title}
        </h1>
      ) : (
        <header className={classes.head}>
          <div className={classes.title}>
            {state && (
              <p className={classes.state}>
                <StateGlyph state={state.state} />
                <span>{state.text}</span>
              </p>
            )}
            <h1 ref={heading} tabIndex={-1} className={sentence === undefined ? undefined : classes.sentence}>
              {sentence ?? title}
            </h1>
            {under !== undefined && <div className={classes.under}>{under}</div>}
          </div>
          {actions !== undefined && <div className={classes.actions}>{actions}</div>}
        </header>
      )}
      {children}
    </div>
  );
}

/** Moves the focus to the heading when the page appears and names the document after it. */
export function useHeadingFocus(title: string) {
  const { t } = useTranslation();
  const ref = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // A dialog or a field with its own first focus keeps it.
    const active = document.activeElement;
    if (active === null || active === document.body || active.closest("nav,main,footer") !== null) {
      if (!(active instanceof HTMLInputElement)) ref.current?.focus({ preventScroll: true });
    }
  }, []);
  useEffect(() => {
    document.title = `${title} – ${t("frame:product")}`;
  }, [title, t]);
  return ref;
}

/** Tabs of an area: links, so that each has an address. */
export function Tabs({ items }: { items: { to: string; label: string; exact?: boolean }[] }) {
  const { t } = useTranslation();
  const isCurrent = useIsCurrent();
  const list = useRef<HTMLElement>(null);
  const { path } = useLocation();
  useEffect(() => {
    // Phones show only part of the tabs: the current one is never cut off.
    const tab = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (tab && list.current) list.current.scrollLeft = tab.offsetLeft + tab.offsetWidth / 2 - list.current.clientWidth / 2;
  }, [path]);
  const current = items.filter((item) => isCurrent(item.to)).sort((a, b) => b.to.length - a.to.length)[0];
  return (
    <nav ref={list} className={classes.tabs} aria-label={t("frame:nav.section")}>
      {items.map((item) => (
        <Link key={item.to} to={item.to} aria-current={item === current ? "page" : undefined}>
          {item.label}
        </Link>
      ))}
    </nav>
  );
}

interface SectionProps {
  title?: ReactNode;
  /** A remark in the margin column. */
  note?: ReactNode;
  /** No hairline above. */
  first?: boolean;
  children: ReactNode;
}

/** A ruled section: title and note in the margin, content beside it. */
export function Section({ title, note, first = false, children }: SectionProps) {
  return (
    <section className={`${classes.section} ${first ? classes.first : ""}`}>
      <div className={classes.margin}>
        {title !== undefined && <h2>{title}</h2>}
        {note !== undefined && <div className={classes.note}>{note}</div>}
      </div>
      <div className={classes.content}>{children}</div>
    </section>
  );
}

/** Main content with a column of 340 px beside it; stacked below 900 px. */
export function Split({ children, aside, ruled = false, asideFirst = false }: { children: ReactNode; aside: ReactNode; ruled?: boolean; asideFirst?: boolean }) {
  return (
    <div className={`${classes.split} ${ruled ? classes.ruled : ""} ${asideFirst ? classes.asideFirst : ""}`}>
      <div>{children}</div>
      <aside>{aside}</aside>
    </div>
  );
}

/** The column beside a form: a strong line on top. */
export function Panel({ title, children }: { title?: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.panel}>
      {title !== undefined && <h2>{title}</h2>}
      {children}
    </div>
  );
}
