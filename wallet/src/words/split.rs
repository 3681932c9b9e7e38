//! From typed text to single words: NFKD, lower case, cut at everything that isn't a letter.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zeroize::Zeroizing;

/// The words of a text. Runs of Chinese characters are cut into single ones, because there each is a word.
pub(super) fn words(text: &str) -> Vec<Zeroizing<String>> {
    let mut found = Vec::new();
    let mut word = Zeroizing::new(String::with_capacity(WORD_CAPACITY));
    let mut flush = |word: &mut Zeroizing<String>| {
        if !word.is_empty() {
            found.push(std::mem::replace(
                word,
                Zeroizing::new(String::with_capacity(WORD_CAPACITY)),
            ));
        }
    };
    for c in text.chars().nfkd().flat_map(char::to_lowercase) {
        if is_chinese(c) {
            flush(&mut word);
            word.push(c);
            flush(&mut word);
        } else if c.is_alphabetic() || is_combining_mark(c) {
            word.push(c);
        } else {
            flush(&mut word);
        }
    }
    flush(&mut word);
    found
}

/// Longer than any word of a list in UTF-8, so that a word isn't copied while it grows.
const WORD_CAPACITY: usize = 64;

/// Unified ideographs, which only the Chinese lists contain.
fn is_chinese(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}')
}
