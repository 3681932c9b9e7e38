//! Contacts.

use clap::Subcommand;
use serde_json::{Value, json};

use super::accounts::array;
use super::session::Session;
use crate::exit::{CliError, Exit};
use crate::output::{table, text};

#[derive(Subcommand, Debug)]
pub(crate) enum ContactAction {
    /// All contacts
    List,
    /// Add a contact
    Add {
        /// Name
        name: String,
        /// Address
        address: String,
        /// Note
        #[arg(long, default_value = "")]
        note: String,
        /// Save it although it looks like an address that is known
        #[arg(long)]
        accept_look_alike: bool,
    },
    /// Change a contact
    Edit {
        /// The contact, by name, id or address
        contact: String,
        /// The new name
        #[arg(long)]
        name: Option<String>,
        /// The new address
        #[arg(long)]
        address: Option<String>,
        /// The new note
        #[arg(long)]
        note: Option<String>,
        /// Save it although it looks like an address that is known
        #[arg(long)]
        accept_look_alike: bool,
    },
    /// Remove a contact
    Remove {
        /// The contact, by name, id or address
        contact: String,
    },
}

pub(super) fn run(session: &Session, action: ContactAction) -> Result<(), CliError> {
    session.unlock()?;
    match action {
        ContactAction::List => {
            let contacts = session.call("contacts", Value::Null)?;
            session.print(&contacts, |contacts| {
                let rows: Vec<Vec<String>> = array(contacts)
                    .map(|contact| {
                        vec![
                            text(contact, "name").to_owned(),
                            text(&contact["address"], "plain").to_owned(),
                            text(contact, "note").to_owned(),
                        ]
                    })
                    .collect();
                if rows.is_empty() {
                    "no contacts yet\n".to_owned()
                } else {
                    table(&["NAME", "ADDRESS", "NOTE"], &rows)
                }
            });
        }
        ContactAction::Add {
            name,
            address,
            note,
            accept_look_alike,
        } => {
            let args = json!({ "name": name, "address": address, "note": note, "acceptLookAlike": accept_look_alike });
            let contact = session.call("add_contact", args)?;
            session.print(&contact, |contact| {
                format!("added {}\n", text(contact, "name"))
            });
        }
        ContactAction::Edit {
            contact,
            name,
            address,
            note,
            accept_look_alike,
        } => {
            let old = find(session, &contact)?;
            let args = json!({
                "contact": text(&old, "id"),
                "name": name.as_deref().unwrap_or(text(&old, "name")),
                "address": address.as_deref().unwrap_or(text(&old["address"], "plain")),
                "note": note.as_deref().unwrap_or(text(&old, "note")),
                "acceptLookAlike": accept_look_alike,
            });
            let contact = session.call("edit_contact", args)?;
            session.print(&contact, |contact| {
                format!("changed {}\n", text(contact, "name"))
            });
        }
        ContactAction::Remove { contact } => {
            let old = find(session, &contact)?;
            session.call("delete_contact", json!({ "contact": text(&old, "id") }))?;
            session.print(&json!({ "removed": text(&old, "id") }), |_| {
                format!("removed {}\n", text(&old, "name"))
            });
        }
    }
    Ok(())
}

fn find(session: &Session, wanted: &str) -> Result<Value, CliError> {
    let contacts = session.call("contacts", Value::Null)?;
    array(&contacts)
        .find(|contact| {
            text(contact, "id") == wanted
                || text(contact, "name") == wanted
                || text(&contact["address"], "plain") == wanted
        })
        .cloned()
        .ok_or_else(|| {
            CliError::new(
                Exit::NotFound,
                "contact_not_found",
                format!("there is no contact {wanted:?}"),
            )
        })
}
