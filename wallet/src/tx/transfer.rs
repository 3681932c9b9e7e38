//! Transactions as text: hex files, text to paste, QR (12 §4.4).

use super::PendingTx;

/// Longest text that is read, in bytes. The longest transaction with signatures of all ten members takes 3,400.
const TEXT_BYTES_MAX: usize = 16 << 10;

/// Text that holds no bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransferError {
    /// A character that is no hexadecimal digit.
    #[error(
        "{found:?} at position {position} is no hexadecimal digit; choose a file that holds a transaction"
    )]
    Digit {
        /// The character.
        found: char,
        /// Position from 1, white space around the text left out.
        position: usize,
    },
    /// Half a byte.
    #[error("{found} hexadecimal digits: an even number is needed; the text was cut")]
    Odd {
        /// Digits found.
        found: usize,
    },
    /// Nothing.
    #[error("the text is empty")]
    Empty,
    /// Too much.
    #[error("{found} characters are more than a transaction takes ({TEXT_BYTES_MAX})")]
    TooLong {
        /// Bytes found.
        found: usize,
    },
}

/// The bytes of a `.hex` file, pasted text, or a QR: hexadecimal digits of either case, `0x` before them or not. White space around
/// them, such as a line end, doesn't matter.
///
/// # Errors
///
/// See [`TransferError`].
pub fn bytes_from_text(text: &str) -> Result<Vec<u8>, TransferError> {
    if text.len() > TEXT_BYTES_MAX {
        return Err(TransferError::TooLong { found: text.len() });
    }
    let text = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let digits = text
        .strip_prefix("0x")
        .or_else(|| text.strip_prefix("0X"))
        .unwrap_or(text);
    if digits.is_empty() {
        return Err(TransferError::Empty);
    }
    let before = text.len() - digits.len();
    if let Some((index, found)) = digits
        .chars()
        .enumerate()
        .find(|(_, c)| !c.is_ascii_hexdigit())
    {
        return Err(TransferError::Digit {
            found,
            position: before + index + 1,
        });
    }
    hex::decode(digits).map_err(|_| TransferError::Odd {
        found: digits.len(),
    })
}

impl PendingTx {
    /// The content of a `.hex` file: `0x` and lower-case digits, no line end. Every existing client reads it.
    pub fn to_hex_text(&self) -> String {
        format!("0x{}", hex::encode(self.to_export()))
    }

    /// The name smapp-lite gives such a file: signed or not, and the last six digits.
    pub fn file_name(&self) -> String {
        let text = self.to_hex_text();
        let state = if self.signed_by().next().is_some() {
            "signed"
        } else {
            "unsigned"
        };
        format!("tx-{state}-{}.hex", &text[text.len() - 6..])
    }

    /// The same text in capitals, which QR codes hold in two thirds of the space. Read like any other text.
    pub fn to_qr_text(&self) -> String {
        self.to_hex_text().to_uppercase()
    }
}
