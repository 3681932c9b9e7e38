//! Contacts of the open wallet.

use std::sync::Arc;

use spacemesh_types::{Address, Hrp};
use spacemesh_wallet::{Contact, Contents};

use super::address::{address_view, look_alike};
use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    session::contents_error,
    view::{AddContactArgs, ContactArgs, ContactView, Done, EditContactArgs},
};

impl Inner {
    pub(crate) fn contacts(self: &Arc<Self>, _: Done) -> Result<Vec<ContactView>, AppError> {
        let network = self.network_in_use();
        self.with_open(|open| {
            let contents = open.file.contents();
            Ok(contents
                .contacts()
                .iter()
                .map(|contact| view(contents, contact, network.hrp()))
                .collect())
        })
    }

    pub(crate) fn add_contact(
        self: &Arc<Self>,
        args: AddContactArgs,
    ) -> Result<ContactView, AppError> {
        let network = self.network_in_use();
        let address = network
            .parse_address(&args.address)
            .map_err(|error| error.field("address"))?;
        let now = self.now().as_second();
        let contact = self.with_open(|open| {
            warn(
                open.file.contents(),
                &address,
                network.hrp(),
                args.accept_look_alike,
            )?;
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .add_contact(&args.name, address, &args.note, Some(now))
                    .map_err(contents_error)?;
                added(open.file.contents(), &address, network.hrp())
            })
        })?;
        self.tell(Change::Contacts {});
        Ok(contact)
    }

    pub(crate) fn edit_contact(
        self: &Arc<Self>,
        args: EditContactArgs,
    ) -> Result<ContactView, AppError> {
        let network = self.network_in_use();
        let before = contact_id(&args.contact)?;
        let address = network
            .parse_address(&args.address)
            .map_err(|error| error.field("address"))?;
        let contact = self.with_open(|open| {
            if address != before {
                warn(
                    open.file.contents(),
                    &address,
                    network.hrp(),
                    args.accept_look_alike,
                )?;
            }
            open.edit(|open| {
                let contents = open.file.contents_mut();
                if address == before {
                    contents
                        .change_contact(&address, &args.name, &args.note)
                        .map_err(contents_error)?;
                } else {
                    let old = contents.remove_contact(&before).map_err(contents_error)?;
                    contents
                        .add_contact(&args.name, address, &args.note, old.created)
                        .map_err(contents_error)?;
                }
                added(open.file.contents(), &address, network.hrp())
            })
        })?;
        self.tell(Change::Contacts {});
        Ok(contact)
    }

    pub(crate) fn delete_contact(self: &Arc<Self>, args: ContactArgs) -> Result<Done, AppError> {
        let address = contact_id(&args.contact)?;
        self.with_open(|open| {
            open.edit(|open| {
                open.file
                    .contents_mut()
                    .remove_contact(&address)
                    .map_err(contents_error)
            })
        })?;
        self.tell(Change::Contacts {});
        Ok(Done {})
    }
}

fn contact_id(text: &str) -> Result<Address, AppError> {
    Address::from_hex(text).map_err(|_| AppError::new(ErrorCode::ContactNotFound).field("contact"))
}

/// Refuses a known address, and a look-alike until the person has seen the warning.
fn warn(contents: &Contents, address: &Address, hrp: &Hrp, accepted: bool) -> Result<(), AppError> {
    if let Some(known) = contents.contact(address) {
        let text = format!("This address is a contact already: {}.", known.name);
        return Err(AppError::with(ErrorCode::ContactExists, text).field("address"));
    }
    match look_alike(contents, address, hrp) {
        Some(found) if !accepted => {
            Err(AppError::with(ErrorCode::LookAlike, found.text.text).field("address"))
        }
        Some(_) | None => Ok(()),
    }
}

fn added(contents: &Contents, address: &Address, hrp: &Hrp) -> Result<ContactView, AppError> {
    contents
        .contact(address)
        .map(|contact| view(contents, contact, hrp))
        .ok_or_else(|| AppError::new(ErrorCode::ContactNotFound))
}

fn view(contents: &Contents, contact: &Contact, hrp: &Hrp) -> ContactView {
    ContactView {
        id: hex::encode(contact.address.0),
        name: contact.name.clone(),
        address: address_view(&contact.address, hrp),
        note: contact.note.clone(),
        look_alike: look_alike(contents, &contact.address, hrp),
    }
}
