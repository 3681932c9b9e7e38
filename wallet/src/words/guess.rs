//! Which word of a list was meant: exact, without accents, by prefix, or nearest.

use super::{Language, split};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use zeroize::Zeroizing;

/// Words of a list that begin with what was typed so far, in list order, at most `max`. Capitals and accents don't matter.
pub fn suggestions(language: Language, typed: &str, max: usize) -> Vec<&'static str> {
    let words = split::words(typed);
    let [prefix] = words.as_slice() else {
        return Vec::new();
    };
    let exact: Vec<_> = language.words_by_prefix_iter(prefix).take(max).collect();
    if !exact.is_empty() {
        return exact;
    }
    let prefix = without_accents(prefix);
    language
        .word_list()
        .iter()
        .copied()
        .filter(|word| without_accents(word).starts_with(prefix.as_str()))
        .take(max)
        .collect()
}

/// The list's word for a normalised one: the same, or the only one that differs by accents.
pub(super) fn find(language: Language, word: &str) -> Option<&'static str> {
    let list = language.word_list();
    if let Some(index) = language.find_word(word) {
        return list.get(usize::from(index)).copied();
    }
    let plain = without_accents(word);
    if !has_accents(language) {
        let index = language.find_word(&plain)?;
        return list.get(usize::from(index)).copied();
    }
    let mut candidates = list
        .iter()
        .copied()
        .filter(|listed| *without_accents(listed) == *plain);
    let first = candidates.next()?;
    candidates.next().is_none().then_some(first)
}

/// Whether words of the list have accents. All others are plain letters, syllables or characters.
fn has_accents(language: Language) -> bool {
    matches!(language, Language::French | Language::Spanish)
}

/// The phrase with the list's spelling and one space between words, or the index of the first word that isn't in the list.
pub(super) fn resolve(
    language: Language,
    words: &[Zeroizing<String>],
) -> Result<Zeroizing<String>, usize> {
    let mut phrase = Zeroizing::new(String::with_capacity(words.len() * 64));
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            phrase.push(' ');
        }
        phrase.push_str(find(language, word).ok_or(index)?);
    }
    Ok(phrase)
}

/// The language in which most of the words are known; English when none is.
pub(super) fn likely_language(words: &[Zeroizing<String>]) -> Language {
    let known = |language: Language| {
        words
            .iter()
            .filter(|word| find(language, word).is_some())
            .count()
    };
    // The first of equals, and English is first.
    Language::ALL
        .iter()
        .copied()
        .rev()
        .max_by_key(|language| known(*language))
        .unwrap_or(Language::English)
}

/// The word with the fewest typing mistakes between it and the typed one, if those are few.
pub(super) fn nearest(language: Language, typed: &str) -> Option<&'static str> {
    let typed: Vec<char> = typed.chars().take(LETTERS_MAX).collect();
    let mistakes_max = if typed.len() < 4 { 1 } else { 2 };
    let best = language.word_list().iter().copied().min_by_key(|word| {
        let word: Vec<char> = word.chars().collect();
        let common = word.iter().zip(&typed).take_while(|(a, b)| a == b).count();
        (mistakes(&typed, &word), std::cmp::Reverse(common))
    })?;
    let best_letters: Vec<char> = best.chars().collect();
    (mistakes(&typed, &best_letters) <= mistakes_max).then_some(best)
}

/// Longest word that is compared; more letters are never near to a listed word.
const LETTERS_MAX: usize = 32;

/// Letters wrong, missing, added, or swapped with their neighbour (optimal string alignment distance).
fn mistakes(a: &[char], b: &[char]) -> usize {
    let width = b.len() + 1;
    let mut before = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, y) in b.iter().enumerate() {
            let mut least = (last[j] + usize::from(x != y))
                .min(last[j + 1] + 1)
                .min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                least = least.min(before[j - 1] + 1);
            }
            row[j + 1] = least;
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// Latin letters without their marks. The voice marks of Japanese stay: without them it's another word.
fn without_accents(word: &str) -> Zeroizing<String> {
    Zeroizing::new(
        word.nfkd()
            .filter(|c| !(is_combining_mark(*c) && ('\u{300}'..='\u{36f}').contains(c)))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_gives_its_words_in_list_order() {
        assert_eq!(
            suggestions(Language::English, "Ab", 4),
            ["abandon", "ability", "able", "about"]
        );
        assert_eq!(suggestions(Language::English, "zoo", 10), ["zoo"]);
        assert_eq!(suggestions(Language::English, "zz", 10), [""; 0]);
        assert_eq!(suggestions(Language::English, "two words", 10), [""; 0]);
        assert_eq!(
            suggestions(Language::Spanish, "abaco", 10),
            ["a\u{301}baco"]
        );
    }

    #[test]
    fn the_nearest_word_has_the_fewest_mistakes() {
        let cases = [
            ("abandn", Some("abandon")),
            ("abadnon", Some("abandon")),
            ("thme", Some("theme")),
            ("zo", Some("zoo")),
            ("qqqqq", None),
        ];
        for (typed, expected) in cases {
            assert_eq!(nearest(Language::English, typed), expected, "{typed}");
        }
    }

    #[test]
    fn accents_may_be_left_out_only_where_that_is_clear() {
        for language in Language::ALL {
            for word in language.word_list() {
                assert_eq!(find(*language, word), Some(*word));
            }
        }
        for language in Language::ALL {
            let marked = language
                .word_list()
                .iter()
                .any(|word| *without_accents(word) != **word);
            assert_eq!(has_accents(*language), marked, "{language}");
        }
        assert_eq!(find(Language::French, "academie"), Some("acade\u{301}mie"));
    }
}
