//! Addresses as people see, type and confuse them.

use std::sync::Arc;

use qrcode::{EcLevel, QrCode, render::svg};
use spacemesh_types::{Address, AddressError, Hrp, Smidge as Amount};
use spacemesh_wallet::Contents;

use crate::{
    app::Inner,
    error::{AppError, ErrorCode},
    network::NetworkInUse,
    session::sentence,
    view::{
        AddressArgs, AddressCheck, AddressView, LookAlike, ParseAmountArgs, ParsedAmount, QrArgs,
        QrView, Sentence, Smidge,
    },
};

/// Symbols after the separator that all addresses share: four zero bytes are six whole symbols.
const COMMON_SYMBOLS: usize = 6;
/// Symbols of the checksum.
const CHECKSUM_SYMBOLS: usize = 6;
/// Characters shown between the common start and the end of a short address.
const TELLING: usize = 4;
/// Longest message in a QR.
const QR_MESSAGE_CHARS_MAX: usize = 120;
/// The characters of bech32.
const SYMBOLS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// An address in all its forms.
pub(crate) fn address_view(address: &Address, hrp: &Hrp) -> AddressView {
    let plain = address.to_bech32(hrp);
    let chars: Vec<char> = plain.chars().collect();
    let start = hrp.as_str().chars().count() + 1;
    let common = (start + COMMON_SYMBOLS).min(chars.len());
    let text = |range: &[char]| range.iter().collect::<String>();
    let checksum = text(&chars[chars.len().saturating_sub(CHECKSUM_SYMBOLS)..]);
    let telling = text(&chars[common..(common + TELLING).min(chars.len())]);
    AddressView {
        groups: chars.chunks(4).map(text).collect(),
        short: format!("{}1…{telling}…{checksum}", hrp.as_str()),
        common: text(&chars[..common]),
        hex: hex::encode(address.0),
        prefix: hrp.as_str().to_owned(),
        checksum,
        plain,
    }
}

impl NetworkInUse {
    /// Reads an address of this network as typed.
    pub(crate) fn parse_address(&self, text: &str) -> Result<Address, AppError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let address = Address::parse(&text, self.hrp())
            .map_err(|error| self.address_error(&text, &error).0)?;
        if address.0[..4] != [0; 4] {
            return Err(AppError::new(ErrorCode::NotAnAddress));
        }
        Ok(address)
    }

    /// Reads an account's id (hex) or address.
    pub(crate) fn parse_account(&self, text: &str) -> Result<Address, AppError> {
        Address::from_hex(text.trim())
            .or_else(|_| self.parse_address(text))
            .map_err(|error| error.field("account"))
    }

    /// The error, its short name for a field, and the group with the likely mistake.
    fn address_error(
        &self,
        text: &str,
        error: &AddressError,
    ) -> (AppError, &'static str, Option<u8>) {
        let hrp = self.hrp();
        let expected = address_length(hrp);
        let found = text.chars().count();
        let belongs_here = text
            .to_lowercase()
            .starts_with(&format!("{}1", hrp.as_str()));
        match error {
            AddressError::OtherNetwork { .. } => {
                let prefix = text.split('1').next().unwrap_or_default();
                let message = format!(
                    "This is an address of another network ({prefix}1), you are on {}.",
                    self.name()
                );
                (
                    AppError::with(ErrorCode::AddressOtherNetwork, message),
                    "other_network",
                    None,
                )
            }
            AddressError::ReservedBytes => (
                AppError::new(ErrorCode::NotAnAddress),
                "reserved_bytes",
                None,
            ),
            _ if belongs_here && found < expected => (
                AppError::with(
                    ErrorCode::AddressTooShort,
                    format!("Too short: {found} of {expected} characters."),
                ),
                "too_short",
                None,
            ),
            AddressError::Checksum if belongs_here => {
                let group = faulty_group(text, hrp);
                let message = match group {
                    Some(group) => format!("Checksum wrong: look at group {group}."),
                    None => "Checksum wrong: compare all groups.".to_owned(),
                };
                (
                    AppError::with(ErrorCode::AddressChecksum, message),
                    "checksum",
                    group,
                )
            }
            _ => (
                AppError::with(ErrorCode::NotAnAddress, "Not a Spacemesh address."),
                "not_an_address",
                None,
            ),
        }
    }
}

impl Inner {
    pub(crate) fn check_address(
        self: &Arc<Self>,
        args: AddressArgs,
    ) -> Result<AddressCheck, AppError> {
        let network = self.network_in_use();
        let text: String = args
            .address
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let invalid = |fault: &str, error: AppError, faulty_group: Option<u8>| AddressCheck {
            valid: false,
            fault: Some(fault.to_owned()),
            message: Some(Sentence::new(
                &format!("address.{fault}"),
                error.message,
                [(
                    "group",
                    faulty_group
                        .map(|group| group.to_string())
                        .unwrap_or_default(),
                )],
            )),
            faulty_group,
            address: None,
            own_account: None,
            contact: None,
            look_alike: None,
        };
        let address = match Address::parse_noting(&text, network.hrp()) {
            Ok(parsed) => parsed,
            Err(error) => {
                let (error, fault, group) = network.address_error(&text, &error);
                return Ok(invalid(fault, error, group));
            }
        };
        let session = self.session_state();
        let contents = session.open.as_ref().map(|open| open.file.contents());
        let own = contents.and_then(|contents| own_account(contents, &address.address));
        let contact = contents
            .and_then(|contents| contents.contact(&address.address))
            .map(|contact| contact.name.clone());
        let message = if own.is_some() {
            Some(Sentence::new(
                "address.own",
                "This is one of your own accounts.",
                [],
            ))
        } else if !address.canonical {
            Some(Sentence::new(
                "address.not_canonical",
                "The address is written in an unusual way. Ask its owner for it again, or compare the form below.",
                [],
            ))
        } else {
            None
        };
        let look_alike = match &own {
            None if contact.is_none() => {
                contents.and_then(|contents| look_alike(contents, &address.address, network.hrp()))
            }
            Some(_) | None => None,
        };
        Ok(AddressCheck {
            valid: true,
            fault: None,
            message,
            faulty_group: None,
            address: Some(address_view(&address.address, network.hrp())),
            own_account: own,
            contact,
            look_alike,
        })
    }

    pub(crate) fn address_qr(self: &Arc<Self>, args: QrArgs) -> Result<QrView, AppError> {
        let network = self.network_in_use();
        let address = network
            .parse_address(&args.address)
            .map_err(|error| error.field("address"))?;
        let plain = address.to_bech32(network.hrp());
        let mut query = Vec::new();
        if let Some(amount) = args.amount {
            query.push(format!("amount={amount}"));
        }
        if let Some(message) = args
            .message
            .as_deref()
            .map(str::trim)
            .filter(|message| !message.is_empty())
        {
            if message.chars().count() > QR_MESSAGE_CHARS_MAX {
                return Err(AppError::with(
                    ErrorCode::TextTooLong,
                    format!("The message has more than {QR_MESSAGE_CHARS_MAX} characters."),
                )
                .field("message"));
            }
            query.push(format!("message={}", percent_encode(message)));
        }
        let text = if query.is_empty() {
            plain.clone()
        } else {
            format!("spacemesh:{plain}?{}", query.join("&"))
        };
        let svg = qr_svg(text.as_bytes(), EcLevel::M)
            .ok_or_else(|| AppError::new(ErrorCode::TextTooLong))?;
        let ends = address_view(&address, network.hrp()).checksum;
        Ok(QrView {
            svg,
            label: format!("QR picture of the address that ends with {ends}."),
            text,
        })
    }

    pub(crate) fn parse_amount(
        self: &Arc<Self>,
        args: ParseAmountArgs,
    ) -> Result<ParsedAmount, AppError> {
        let plain: String = args
            .text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\u{202f}' && *c != '\u{2009}')
            .collect();
        let parsed = if args.unit == "smidge" {
            plain
                .parse::<u64>()
                .map(Amount)
                .map_err(|_| "Smidge are whole numbers.".to_owned())
        } else {
            // A comma is what many keyboards have for the decimal point.
            Amount::from_smh(&plain.replacen(',', ".", 1))
                .map_err(|error| amount_message(&plain, &sentence(&error.to_string())))
        };
        Ok(match parsed {
            Ok(amount) => ParsedAmount {
                smidge: Some(Smidge(amount.0)),
                message: None,
            },
            Err(_) if plain.is_empty() => ParsedAmount {
                smidge: None,
                message: None,
            },
            Err(text) => ParsedAmount {
                smidge: None,
                message: Some(Sentence::new("amount.invalid", text, [])),
            },
        })
    }
}

fn amount_message(text: &str, otherwise: &str) -> String {
    let decimals = text
        .split_once(['.', ','])
        .map_or(0, |(_, decimals)| decimals.chars().count());
    if decimals > 9 {
        "Only 9 decimals exist.".to_owned()
    } else {
        otherwise.to_owned()
    }
}

/// Name of the own account with this address.
pub(crate) fn own_account(contents: &Contents, address: &Address) -> Option<String> {
    contents
        .accounts()
        .iter()
        .find(|account| account.address() == *address)
        .map(|account| account.name.clone())
}

/// Name of the own account or contact with this address.
pub(crate) fn known_name(contents: &Contents, address: &Address) -> Option<String> {
    own_account(contents, address).or_else(|| {
        contents
            .contact(address)
            .map(|contact| contact.name.clone())
    })
}

/// A known address that this one could be taken for.
pub(crate) fn look_alike(contents: &Contents, address: &Address, hrp: &Hrp) -> Option<LookAlike> {
    let contacts = contents
        .contacts()
        .iter()
        .map(|contact| (contact.address, &contact.name));
    let accounts = contents
        .accounts()
        .iter()
        .map(|account| (account.address(), &account.name));
    let (known, name) = contacts
        .chain(accounts)
        .find(|(known, _)| spacemesh_wallet::look_alike(known, address))?;
    Some(LookAlike {
        name: name.clone(),
        address: known.to_bech32(hrp),
        text: Sentence::new(
            "address.look_alike",
            format!(
                "This looks like the address of {name} but is another one. Look-alikes are made to steal payments: compare every character."
            ),
            [("name", name.clone())],
        ),
    })
}

/// A QR picture that takes the colour of the text around it; `None` if the content does not fit.
pub(crate) fn qr_svg(content: &[u8], level: EcLevel) -> Option<String> {
    let code = QrCode::with_error_correction_level(content, level).ok()?;
    let picture = code
        .render::<svg::Color<'_>>()
        .quiet_zone(true)
        .dark_color(svg::Color("currentColor"))
        .light_color(svg::Color("transparent"))
        .min_dimensions(240, 240)
        .build();
    // Pages embed it: no XML head.
    picture
        .find("<svg")
        .map(|start| picture[start..].to_owned())
}

/// Characters of an address of this network.
fn address_length(hrp: &Hrp) -> usize {
    hrp.as_str().len() + 1 + 39 + CHECKSUM_SYMBOLS
}

/// The group of four with the mistake, if exactly one changed character, or two swapped neighbours, explains the wrong checksum.
fn faulty_group(text: &str, hrp: &Hrp) -> Option<u8> {
    let chars: Vec<char> = text.to_lowercase().chars().collect();
    if chars.len() != address_length(hrp) {
        return None;
    }
    let fits = |chars: &[char]| Address::parse(&chars.iter().collect::<String>(), hrp).is_ok();
    let mut candidates = Vec::new();
    for position in hrp.as_str().len() + 1..chars.len() {
        let mut changed = chars.clone();
        for symbol in SYMBOLS.chars().filter(|symbol| *symbol != chars[position]) {
            changed[position] = symbol;
            if fits(&changed) {
                candidates.push(position);
            }
        }
        if position + 1 < chars.len() && chars[position] != chars[position + 1] {
            let mut swapped = chars.clone();
            swapped.swap(position, position + 1);
            if fits(&swapped) {
                candidates.push(position);
            }
        }
    }
    match candidates.as_slice() {
        [position] => u8::try_from(position / 4 + 1).ok(),
        _ => None,
    }
}

fn percent_encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| {
            if plain(byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const ADDRESS: &str = "sm1qqqqqqylyl2l0zsmmax0wnutt4dwnrkcwef5eeq3xladz";

    #[test]
    fn the_forms_of_an_address_leave_nothing_out() {
        let address = Address::parse(ADDRESS, &Hrp::MAINNET).unwrap();
        let view = address_view(&address, &Hrp::MAINNET);
        assert_eq!(
            (view.groups.len(), view.groups.concat()),
            (12, ADDRESS.to_owned())
        );
        assert_eq!(
            (
                view.common.as_str(),
                view.checksum.as_str(),
                view.short.as_str()
            ),
            ("sm1qqqqqq", "3xladz", "sm1…ylyl…3xladz")
        );
    }

    #[test]
    fn a_single_wrong_character_is_found_by_its_group() {
        let mut wrong: Vec<char> = ADDRESS.chars().collect();
        wrong[25] = if wrong[25] == 'q' { 'p' } else { 'q' };
        assert_eq!(
            faulty_group(&wrong.iter().collect::<String>(), &Hrp::MAINNET),
            Some(7)
        );
        let swapped = ADDRESS.replace("0zsm", "0szm");
        let group = u8::try_from(swapped.find("0szm").unwrap() / 4 + 1).unwrap();
        assert!(
            faulty_group(&swapped, &Hrp::MAINNET).is_some_and(|found| found.abs_diff(group) <= 1)
        );
        wrong[40] = if wrong[40] == 'q' { 'p' } else { 'q' };
        assert_eq!(
            faulty_group(&wrong.iter().collect::<String>(), &Hrp::MAINNET),
            None,
            "two mistakes are not guessed at"
        );
    }
}
