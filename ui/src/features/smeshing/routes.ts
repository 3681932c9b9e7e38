/** The smeshing pages. None needs an open wallet: smeshing goes on while it is locked. */
import type { Route } from "../../app/routes";
import { ExistingPage } from "./ExistingPage";
import { IdentityPage } from "./IdentityPage";
import { MovePage } from "./MovePage";
import { SetupPage } from "./SetupPage";
import { SmeshingPage } from "./SmeshingPage";
import { SpeedPage } from "./SpeedPage";

export const smeshingRoutes: readonly Route[] = [
  { path: "/smeshing", page: SmeshingPage },
  { path: "/smeshing/setup", page: SetupPage },
  { path: "/smeshing/existing", page: ExistingPage },
  { path: "/smeshing/identities/:id", page: IdentityPage },
  { path: "/smeshing/identities/:id/move", page: MovePage },
  { path: "/smeshing/identities/:id/speed", page: SpeedPage },
];
