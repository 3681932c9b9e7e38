/** What stands against a folder, worst first; and data that lies in it already, which can be used where it is. */
import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FolderProblem, FolderView } from "../../bindings";
import { Link } from "../../app/router";
import { Notice, type NoticeKind } from "../../components/Notice";
import { useSentence } from "../../i18n/sentence";
import classes from "./smeshing.module.css";

export function FolderNotices({ folder, others = [] }: { folder: FolderView; others?: readonly FolderProblem[] }) {
  const { t } = useTranslation("smeshing");
  const sentence = useSentence();
  const problems = [...folder.problems, ...others.filter((other) => !folder.problems.some((each) => each.kind === other.kind))];
  // Data of one's own is told once, with the way to use it.
  const told = folder.data === null ? problems : problems.filter((problem) => problem.kind !== "not_empty");
  if (told.length === 0 && folder.data === null) {
    return null;
  }
  return (
    <div className={classes.notices}>
      {folder.data !== null && (
        <Notice
          kind="progress"
          title={sentence(folder.data.sentence)}
          action={
            <Button component={Link} to={`/smeshing/existing?folder=${encodeURIComponent(folder.path)}`} size="xs">
              {t("problem.hasData.use")}
            </Button>
          }
        />
      )}
      {told.map((problem) => (
        <ProblemNotice key={problem.kind} kind={problem.blocks ? "failed" : "attention"} text={sentence(problem.text)} />
      ))}
    </div>
  );
}

/** One sentence or more: the first is bold. */
export function ProblemNotice({ kind, text, action }: { kind: NoticeKind; text: string; action?: React.ReactNode }) {
  const end = text.search(/[.?!] /);
  return end === -1 ? (
    <Notice kind={kind} title={text} action={action} />
  ) : (
    <Notice kind={kind} title={text.slice(0, end + 1)} action={action}>
      {text.slice(end + 2)}
    </Notice>
  );
}
