/** What actions may touch, for whoever runs one: shortcuts, palette, rail. */
import { createContext, useContext, type ReactNode } from "react";
import { actions, type Action, type ActionContext } from "../actions";

const Context = createContext<ActionContext | undefined>(undefined);

/** Gives the frame's context to everything inside. */
export function ActionContextProvider({ context, children }: { context: ActionContext; children: ReactNode }) {
  return <Context value={context}>{children}</Context>;
}

/** The frame's context. */
export function useActionContext(): ActionContext {
  const context = useContext(Context);
  if (context === undefined) throw new Error("no Frame above");
  return context;
}

/** Runs an action of the table by its id. */
export function useRunAction(): (id: string) => void {
  const context = useActionContext();
  return (id) => actions.find((action) => action.id === id)?.run(context);
}

/** The actions that can be done at the moment. */
export function possibleActions(context: ActionContext): Action[] {
  return actions.filter((action) => action.when?.(context) ?? true);
}
