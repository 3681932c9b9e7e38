//! What names and notes may be: data that is shown, so no control characters and no endless lines.

/// Longest name in characters.
pub const NAME_CHARS_MAX: usize = 64;
/// Longest note in characters.
pub const NOTE_CHARS_MAX: usize = 500;

/// A name or note that is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TextRuleError {
    /// Nothing, or only white space.
    #[error("the name is empty: write at least one character")]
    Empty,
    /// Too many characters.
    #[error("{found} characters: at most {max} are kept")]
    TooLong {
        /// Characters found.
        found: usize,
        /// Characters allowed.
        max: usize,
    },
    /// A line end, a tab, or a character that changes the direction of text.
    #[error("the character at position {position} can't be shown in a name; remove it")]
    NotShown {
        /// Position from 1.
        position: usize,
    },
}

/// Trims a name and checks it.
pub(crate) fn name(text: &str) -> Result<String, TextRuleError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(TextRuleError::Empty);
    }
    check(text, NAME_CHARS_MAX, |c| c.is_control())
}

/// Trims a note and checks it; an empty one is fine. Line ends are kept.
pub(crate) fn note(text: &str) -> Result<String, TextRuleError> {
    check(text.trim(), NOTE_CHARS_MAX, |c| c.is_control() && c != '\n')
}

fn check(text: &str, max: usize, refused: impl Fn(char) -> bool) -> Result<String, TextRuleError> {
    let found = text.chars().count();
    if found > max {
        return Err(TextRuleError::TooLong { found, max });
    }
    match text
        .chars()
        .position(|c| refused(c) || changes_direction(c))
    {
        Some(index) => Err(TextRuleError::NotShown {
            position: index + 1,
        }),
        None => Ok(text.to_owned()),
    }
}

/// Text of another program made fit for a name: what can't be shown is dropped, the rest cut, `otherwise` if nothing is left.
pub(crate) fn foreign_name(text: &str, otherwise: &str) -> String {
    let shown: String = text
        .chars()
        .filter(|c| !c.is_control() && !changes_direction(*c))
        .take(NAME_CHARS_MAX)
        .collect();
    let shown = shown.trim();
    if shown.is_empty() {
        otherwise.to_owned()
    } else {
        shown.to_owned()
    }
}

/// Embeddings, overrides and isolates, with which a name can show letters in another order than it has.
const fn changes_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
