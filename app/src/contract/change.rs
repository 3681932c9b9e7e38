//! What can change under a page, and which queries it makes stale.

use serde::Serialize;
use ts_rs::TS;

use crate::view::{NotificationKind, ProposalView, Sentence, SessionView, TaskView};

macro_rules! changes {
    ($( $(#[$doc:meta])* $variant:ident { $( $(#[$field_doc:meta])* $field:ident: $ty:ty, )* } stale [$( $query:literal ),*]; )+) => {
        /// Something changed. Pages drop the queries named by `staleAfter`; those with content may use it at once.
        #[derive(Debug, Clone, Serialize, TS)]
        #[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
        pub enum Change {
            $( $(#[$doc])* $variant { $( $(#[$field_doc])* $field: $ty, )* }, )+
        }

        /// Kind of a change, without its content.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ChangeKind {
            $( $(#[$doc])* $variant, )+
        }

        impl ChangeKind {
            /// All kinds.
            pub const ALL: &'static [Self] = &[$( Self::$variant, )+];

            /// Queries that this kind makes stale; `*` stands for all.
            pub fn stale(self) -> &'static [&'static str] {
                match self { $( Self::$variant => &[$( $query ),*], )+ }
            }
        }

        impl Change {
            /// Its kind.
            pub fn kind(&self) -> ChangeKind {
                match self { $( Self::$variant { .. } => ChangeKind::$variant, )+ }
            }
        }
    };
}

changes! {
    /// A wallet was unlocked, locked, made or renamed; its lock time moved.
    Session {
        /// How it stands.
        session: SessionView,
    } stale ["app_state", "session", "accounts", "contacts", "transactions", "notices", "status"];
    /// The wallet locks itself soon; any activity keeps it open.
    AutoLockWarning {
        /// Seconds left.
        seconds: u32,
    } stale [];
    /// A screen with words or a key must close.
    SecretExpired {
        /// Id of the showing.
        id: String,
    } stale [];
    /// The list of wallet files changed.
    Wallets {} stale ["app_state", "wallets", "found_wallets"];
    /// Accounts, keys, names or notes changed.
    Accounts {} stale ["accounts"];
    /// Contacts changed.
    Contacts {} stale ["contacts", "accounts", "transactions"];
    /// Transactions of the wallet changed.
    Transactions {} stale ["transactions", "notices"];
    /// Settings changed.
    Settings {} stale ["settings", "effective_config"];
    /// Another network is in use.
    Network {} stale ["app_state", "network", "networks", "effective_config", "accounts", "contacts", "transactions", "smeshing", "status", "providers", "proposal"];
    /// A layer began.
    Layer {
        /// The layer.
        layer: u32,
        /// Its epoch.
        epoch: u32,
    } stale ["network", "status"];
    /// Identities, space or the list of tasks changed.
    Smeshing {} stale ["app_state", "smeshing", "smeshing_events", "status", "notices"];
    /// A task moved on; at most four times a second.
    Task {
        /// The task as it stands.
        task: TaskView,
    } stale ["status"];
    /// Measuring moved on.
    Measurement {
        /// What is known so far.
        proposal: ProposalView,
    } stale ["proposal"];
    /// Devices came, went or were measured.
    Providers {} stale ["providers"];
    /// Notices came or went.
    Notices {} stale ["notices"];
    /// Something a person would get up for: the shell shows it as a notification of the system.
    Notification {
        /// Kind, for its settings.
        notification: NotificationKind,
        /// Title and text.
        text: Sentence,
        /// Shown at any hour.
        urgent: bool,
        /// With sound.
        sound: bool,
    } stale ["notices"];
    /// This subscriber was too slow or has just begun: take everything afresh.
    Lagged {} stale ["*"];
}
