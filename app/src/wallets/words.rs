//! Words on their way in: checked while they are typed, word by word. And the quiz after creating.
//!
//! Keeps true: an answer never holds a word that was typed right, only those that are in no list.

use std::sync::Arc;

use spacemesh_wallet::{
    Language, WordCount, Words, WordsError, words::TEXT_BYTES_MAX, words::suggestions,
};
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use zeroize::Zeroizing;

use crate::{
    app::Inner,
    contract::Change,
    error::{AppError, ErrorCode},
    session::sentence,
    view::{
        CheckWordsArgs, ConfirmWordsArgs, Done, Sentence, UnknownWord, WordsCheck, WordsQuiz,
        WordsQuizResult,
    },
};

/// Most completions and suggestions shown.
const COMPLETIONS_MAX: usize = 6;
const SUGGESTIONS_MAX: usize = 4;

impl Inner {
    pub(crate) fn check_words(
        self: &Arc<Self>,
        args: CheckWordsArgs,
    ) -> Result<WordsCheck, AppError> {
        Ok(check(args.words.expose()))
    }

    pub(crate) fn words_quiz(self: &Arc<Self>, _: Done) -> Result<WordsQuiz, AppError> {
        self.with_open(|open| {
            let fresh = open
                .fresh
                .as_ref()
                .ok_or_else(|| AppError::new(ErrorCode::NothingToShow))?;
            Ok(WordsQuiz {
                positions: fresh.asked.clone(),
                count: u8::try_from(fresh.words.count().words()).unwrap_or(24),
            })
        })
    }

    pub(crate) fn confirm_words(
        self: &Arc<Self>,
        args: ConfirmWordsArgs,
    ) -> Result<WordsQuizResult, AppError> {
        let wrong = self.with_open(|open| {
            let fresh = open
                .fresh
                .as_ref()
                .ok_or_else(|| AppError::new(ErrorCode::NothingToShow))?;
            let answered = |position: &u8| {
                args.answers
                    .iter()
                    .find(|answer| answer.position == *position)
            };
            let right = |position: &u8| {
                answered(position).is_some_and(|answer| {
                    fresh
                        .words
                        .matches_at(usize::from(*position), answer.word.expose())
                })
            };
            let wrong: Vec<u8> = fresh
                .asked
                .iter()
                .copied()
                .filter(|position| !right(position))
                .collect();
            if wrong.is_empty() {
                open.edit(|open| {
                    open.file.contents_mut().set_words_checked();
                    Ok(())
                })?;
                open.fresh = None;
            }
            Ok(wrong)
        })?;
        if wrong.is_empty() {
            self.tell_session();
            self.tell(Change::Notices {});
        }
        Ok(WordsQuizResult {
            confirmed: wrong.is_empty(),
            wrong,
        })
    }
}

/// Words that can't be a phrase, as a person sees it.
pub(super) fn words_error(error: &WordsError) -> AppError {
    let code = match error {
        WordsError::Unknown { .. } => ErrorCode::WordUnknown,
        _ => ErrorCode::WordsInvalid,
    };
    AppError::with(code, sentence(&error.to_string()))
}

/// What is known about a text while it is being typed.
fn check(text: &str) -> WordsCheck {
    let text = text.get(..TEXT_BYTES_MAX).unwrap_or(text);
    let typed = split(text);
    let language = likely_language(&typed);
    let typing = text.chars().next_back().is_some_and(char::is_alphanumeric);
    let count = u8::try_from(typed.len()).unwrap_or(u8::MAX);
    let last = typed.len();
    let known = |word: &str| is_listed(language, word);
    let unknown = (1..)
        .zip(&typed)
        // The last word is still being typed as long as it can become one of the list.
        .filter(|(position, word)| {
            let may_become_one =
                typing && *position == last && !suggestions(language, word, 1).is_empty();
            !known(word) && !may_become_one
        })
        .map(|(position, word)| UnknownWord {
            position: u8::try_from(position).unwrap_or(u8::MAX),
            typed: word.chars().take(40).collect(),
            suggestions: similar(language, word)
                .into_iter()
                .map(|word| word.nfc().collect())
                .collect(),
        })
        .collect::<Vec<_>>();
    let completions = match typed.last() {
        Some(word) if typing && !known(word) => suggestions(language, word, COMPLETIONS_MAX)
            .into_iter()
            .map(|word| word.nfc().collect())
            .collect(),
        Some(_) | None => Vec::new(),
    };
    let parsed = Words::parse(text);
    let complete = WordCount::from_words(typed.len()).is_some();
    let problem = match (&parsed, unknown.first()) {
        (Ok(_), _) => None,
        (Err(_), Some(word)) => {
            let UnknownWord {
                position,
                typed,
                suggestions,
            } = word;
            let end = suggestions
                .first()
                .map(|best| format!(" Did you mean {best}?"))
                .unwrap_or_default();
            Some(Sentence::new(
                "words.unknown",
                format!("Word {position}, {typed}, is not in the list.{end}"),
                [
                    ("position", position.to_string()),
                    ("word", typed.clone()),
                    (
                        "suggestion",
                        suggestions.first().cloned().unwrap_or_default(),
                    ),
                ],
            ))
        }
        (Err(WordsError::Checksum), None) => Some(Sentence::new(
            "words.checksum",
            "These words do not fit together: one is wrong or two are swapped.",
            [],
        )),
        (Err(WordsError::TooLong { .. }), None) => Some(Sentence::new(
            "words.too_long",
            "This is more text than 24 words take. Paste only the words.",
            [],
        )),
        (Err(_), None) if typed.len() > 24 => Some(Sentence::new(
            "words.count",
            format!("{count} words: there are at most 24."),
            [("count", count.to_string())],
        )),
        (Err(_), None) => None,
    };
    WordsCheck {
        count,
        language: (!typed.is_empty()).then(|| language_name(language)),
        valid: parsed.is_ok() && complete,
        unknown,
        completions,
        problem,
    }
}

/// Name of a word list.
pub(super) fn language_name(language: Language) -> String {
    language.to_string()
}

/// Single words of a typed text: whatever stands between letters and their marks separates them.
fn split(text: &str) -> Vec<Zeroizing<String>> {
    text.split(|c: char| !c.is_alphabetic() && !is_combining_mark(c))
        .filter(|word| !word.is_empty())
        .map(|word| Zeroizing::new(word.to_lowercase()))
        .collect()
}

/// Whether a word stands in the list; accents may be left out.
fn is_listed(language: Language, word: &str) -> bool {
    let letters = base_letters(word);
    // Completions of a word that have no more letters than it are the word itself.
    suggestions(language, word, 64)
        .into_iter()
        .any(|listed| base_letters(listed) == letters)
}

/// How many letters a word has, marks not counted.
fn base_letters(word: &str) -> usize {
    word.nfkd()
        .filter(|c| !('\u{300}'..='\u{36f}').contains(c))
        .count()
}

/// The list that most words are from; English if none is.
fn likely_language(words: &[Zeroizing<String>]) -> Language {
    let known = |language: Language| {
        words
            .iter()
            .filter(|word| !suggestions(language, word, 1).is_empty())
            .count()
    };
    Language::ALL
        .iter()
        .copied()
        .rev()
        .max_by_key(|language| (known(*language), *language == Language::English))
        .unwrap_or(Language::English)
}

/// Words of the list with few typing mistakes between, best first.
fn similar(language: Language, typed: &str) -> Vec<&'static str> {
    let typed: String = typed.nfkd().take(32).collect();
    let mistakes_max = if typed.chars().count() < 4 { 1 } else { 2 };
    let mut near: Vec<(usize, usize, &str)> = language
        .word_list()
        .iter()
        .map(|word| {
            (
                strsim::osa_distance(&typed, word),
                usize::MAX - common_start(&typed, word),
                *word,
            )
        })
        .filter(|(mistakes, _, _)| *mistakes <= mistakes_max)
        .collect();
    near.sort_unstable();
    near.into_iter()
        .take(SUGGESTIONS_MAX)
        .map(|(_, _, word)| word)
        .collect()
}

fn common_start(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILM: &str =
        "film theme cheese broken kingdom destroy inch ready wear inspire shove pudding";

    #[test]
    fn a_wrong_word_is_named_with_its_place_and_what_it_could_be() {
        let check = check(&FILM.replace("inch", "inhc"));
        assert_eq!(
            (check.count, check.valid, check.unknown.len()),
            (12, false, 1)
        );
        assert_eq!(
            (
                check.unknown[0].position,
                check.unknown[0].typed.as_str(),
                check.unknown[0].suggestions[0].as_str()
            ),
            (7, "inhc", "inch")
        );
        assert_eq!(
            check.problem.map(|problem| problem.text).as_deref(),
            Some("Word 7, inhc, is not in the list. Did you mean inch?")
        );
    }

    #[test]
    fn a_word_that_is_being_typed_is_completed_and_not_blamed() {
        let typing = check("film theme che");
        assert!(
            typing.unknown.is_empty() && typing.completions.contains(&"cheese".to_owned()),
            "{typing:?}"
        );
        let ended = check("film theme che ");
        assert_eq!(ended.unknown[0].position, 3);
        assert!(check("film theme").completions.is_empty());
    }

    #[test]
    fn a_whole_phrase_is_valid_and_two_swapped_words_are_told_apart_from_unknown_ones() {
        let whole = check(FILM);
        assert!(
            whole.valid && whole.problem.is_none() && whole.language.as_deref() == Some("English")
        );
        let swapped =
            check("theme film cheese broken kingdom destroy inch ready wear inspire shove pudding");
        assert_eq!(
            swapped.problem.map(|problem| problem.key).as_deref(),
            Some("words.checksum")
        );
    }

    #[test]
    fn other_languages_are_recognised_without_their_accents() {
        let french = Words::from_entropy(Language::French, &[200; 16]).map(|words| words.to_text());
        let plain: String = french
            .map(|text| text.nfkd().filter(|c| !is_combining_mark(*c)).collect())
            .unwrap_or_default();
        let check = check(&plain);
        assert!(
            check.valid && check.unknown.is_empty() && check.language.as_deref() == Some("French"),
            "{check:?}"
        );
    }
}
