//! The words a wallet is made from: BIP-39 in all its languages (12 §1.1, §1.2).
//!
//! Keeps true: the same words give the same seed as in every existing client (the passphrase is always empty); whatever a person types
//! around the words (numbers, dots, commas, capitals, line ends) doesn't matter; an unknown word is named with its place and the word
//! that was probably meant. Words are wiped from memory when dropped and have no `Debug`.

mod guess; // which word was meant
mod split; // from typed text to single words

use bip39::Mnemonic;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

pub use guess::suggestions;

/// Bytes of typed text that are looked at. 24 words of the longest list take less than a tenth.
pub const TEXT_BYTES_MAX: usize = 4096;

/// A language of BIP-39. All existing clients write English; the others are read.
pub type Language = bip39::Language;

/// How many words a phrase may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WordCount {
    /// 128 bits of entropy, what Smapp proposes.
    Twelve,
    /// 160 bits.
    Fifteen,
    /// 192 bits.
    Eighteen,
    /// 224 bits.
    TwentyOne,
    /// 256 bits, what smapp-lite and smcli make.
    TwentyFour,
}

impl WordCount {
    /// All lengths, shortest first.
    pub const ALL: [Self; 5] = [
        Self::Twelve,
        Self::Fifteen,
        Self::Eighteen,
        Self::TwentyOne,
        Self::TwentyFour,
    ];

    /// Number of words.
    pub const fn words(self) -> usize {
        match self {
            Self::Twelve => 12,
            Self::Fifteen => 15,
            Self::Eighteen => 18,
            Self::TwentyOne => 21,
            Self::TwentyFour => 24,
        }
    }

    /// Bytes of entropy that the words hold besides their checksum.
    pub const fn entropy_bytes(self) -> usize {
        self.words() / 3 * 4
    }

    /// The length with this many words, if it is one of the five.
    pub fn from_words(words: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|count| count.words() == words)
    }
}

/// Words that can't be a phrase. Carries only the word that was not understood, never the others.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WordsError {
    /// No phrase has this many words.
    #[error(
        "{found} words: a phrase has 12, 15, 18, 21 or 24; check that none is missing or doubled"
    )]
    Count {
        /// Words found in the text.
        found: usize,
    },
    /// A word is in no list.
    #[error("word {position}, {word:?}, is not in the {language} list{}", suggestion.map(|s| format!(": did you mean {s}?")).unwrap_or_default())]
    Unknown {
        /// Place of the word, from 1.
        position: usize,
        /// The word as typed, normalised; at most 40 characters of it.
        word: String,
        /// The language most of the other words belong to.
        language: Language,
        /// The nearest word of that language, if one is near.
        suggestion: Option<&'static str>,
    },
    /// All words are known, but the checksum in the last one doesn't fit.
    #[error("these words do not fit together: one is wrong or two are swapped")]
    Checksum,
    /// More text than 24 words can take.
    #[error(
        "{found} bytes of text: 24 words take less than {TEXT_BYTES_MAX}; paste only the words"
    )]
    TooLong {
        /// Bytes of the text.
        found: usize,
    },
    /// Entropy of a length no phrase has.
    #[error("{found} bytes of entropy: 16, 20, 24, 28 or 32 are needed")]
    Entropy {
        /// Bytes given.
        found: usize,
    },
}

/// A valid phrase. Wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Words(Mnemonic);

/// The 64 bytes from which keys are derived (12 §1.1). Wiped when dropped.
pub struct Seed(Zeroizing<[u8; 64]>);

impl Words {
    /// A phrase from fresh entropy: 16, 20, 24, 28 or 32 bytes from the operating system's generator.
    ///
    /// # Errors
    ///
    /// [`WordsError::Entropy`] for another length.
    pub fn from_entropy(language: Language, entropy: &[u8]) -> Result<Self, WordsError> {
        Mnemonic::from_entropy_in(language, entropy)
            .map(Self)
            .map_err(|_| WordsError::Entropy {
                found: entropy.len(),
            })
    }

    /// Reads what a person typed or pasted, in any language of BIP-39.
    ///
    /// Normalises (NFKD, lower case) and splits at everything that isn't a letter, so `1. film, 2. theme` works. Accents may be left
    /// out where that is clear.
    ///
    /// # Errors
    ///
    /// See [`WordsError`]: every variant but `Entropy`.
    pub fn parse(text: &str) -> Result<Self, WordsError> {
        let words = Self::split_checked(text)?;
        // The seed depends on the words only, so for words that are in two lists it doesn't matter which one is taken.
        let mut checksum_failed = false;
        for language in Language::ALL {
            match guess::resolve(*language, &words) {
                Ok(phrase) => match Mnemonic::parse_in_normalized(*language, &phrase) {
                    Ok(mnemonic) => return Ok(Self(mnemonic)),
                    Err(_) => checksum_failed = true,
                },
                Err(_) => continue,
            }
        }
        if checksum_failed {
            return Err(WordsError::Checksum);
        }
        let language = guess::likely_language(&words);
        Self::parse_words(language, &words)
    }

    /// Like [`parse`](Self::parse), for one language.
    ///
    /// # Errors
    ///
    /// See [`WordsError`]: every variant but `Entropy`.
    pub fn parse_in(language: Language, text: &str) -> Result<Self, WordsError> {
        let words = Self::split_checked(text)?;
        Self::parse_words(language, &words)
    }

    fn split_checked(text: &str) -> Result<Vec<Zeroizing<String>>, WordsError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(WordsError::TooLong { found: text.len() });
        }
        let words = split::words(text);
        if WordCount::from_words(words.len()).is_none() {
            return Err(WordsError::Count { found: words.len() });
        }
        Ok(words)
    }

    fn parse_words(language: Language, words: &[Zeroizing<String>]) -> Result<Self, WordsError> {
        match guess::resolve(language, words) {
            Ok(phrase) => Mnemonic::parse_in_normalized(language, &phrase)
                .map(Self)
                .map_err(|_| WordsError::Checksum),
            Err(index) => {
                let word = &words[index];
                Err(WordsError::Unknown {
                    position: index + 1,
                    word: word.nfc().take(40).collect(),
                    language,
                    suggestion: guess::nearest(language, word),
                })
            }
        }
    }

    /// Number of words.
    pub fn count(&self) -> WordCount {
        WordCount::from_words(self.0.word_count())
            .expect("a phrase is only made with one of the five lengths")
    }

    /// The list the words come from.
    pub fn language(&self) -> Language {
        self.0.language()
    }

    /// The words in order, as they stand in the list (NFKD).
    pub fn iter(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.0.words()
    }

    /// The words in order, as a screen shows them (NFC).
    pub fn shown(&self) -> Vec<Zeroizing<String>> {
        self.iter()
            .map(|word| Zeroizing::new(word.nfc().collect()))
            .collect()
    }

    /// The words with one space between, as wallet files hold them (NFKD).
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(
            self.iter().map(|word| word.len() + 1).sum(),
        ));
        for (index, word) in self.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            text.push_str(word);
        }
        text
    }

    /// The list's word at a place, from 1. For asking some of them again.
    pub fn word_at(&self, position: usize) -> Option<&'static str> {
        self.iter().nth(position.checked_sub(1)?)
    }

    /// Whether what a person typed is the word at a place (from 1). Words that occur twice are no problem, because the place is asked.
    pub fn matches_at(&self, position: usize, typed: &str) -> bool {
        let Some(expected) = self.word_at(position) else {
            return false;
        };
        let typed = split::words(typed);
        match typed.as_slice() {
            [word] => guess::find(self.language(), word) == Some(expected),
            _ => false,
        }
    }

    /// The seed keys are derived from: PBKDF2-HMAC-SHA512, 2048 rounds, empty passphrase. Takes about a millisecond.
    pub fn seed(&self) -> Seed {
        Seed(Zeroizing::new(self.0.to_seed_normalized("")))
    }
}

impl Seed {
    /// The 64 bytes.
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// A seed from its bytes, for checking known answers.
    pub fn from_bytes(bytes: &[u8; 64]) -> Self {
        Self(Zeroizing::new(*bytes))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

    use super::*;

    const FILM: &str =
        "film theme cheese broken kingdom destroy inch ready wear inspire shove pudding";

    /// `unwrap_err` without a `Debug` of the words.
    fn error_of(text: &str) -> WordsError {
        Words::parse(text).err().unwrap()
    }

    #[test]
    fn what_stands_around_the_words_does_not_matter() {
        let plain = Words::parse(FILM).unwrap();
        for typed in [
            "  Film THEME cheese\tbroken kingdom\n\ndestroy inch ready wear inspire shove pudding\r\n",
            "1. film 2. theme 3. cheese 4. broken 5. kingdom 6. destroy 7. inch 8. ready 9. wear 10. inspire 11. shove 12. pudding",
            "1.film\n2.theme\n3.cheese\n4.broken\n5.kingdom\n6.destroy\n7.inch\n8.ready\n9.wear\n10.inspire\n11.shove\n12.pudding",
            "film, theme, cheese; broken | kingdom / destroy - inch (ready) [wear] \"inspire\" shove: pudding.",
            "film\u{3000}theme\u{a0}cheese broken kingdom destroy inch ready wear inspire shove pudding",
        ] {
            assert!(Words::parse(typed).unwrap() == plain, "{typed}");
        }
        assert_eq!(plain.to_text().as_str(), FILM);
    }

    #[test]
    fn an_unknown_word_is_named_with_its_place_and_the_nearest_word() {
        let error = error_of(&FILM.replace("inch", "inhc"));
        assert_eq!(
            error,
            WordsError::Unknown {
                position: 7,
                word: "inhc".into(),
                language: Language::English,
                suggestion: Some("inch")
            }
        );
        assert_eq!(
            error.to_string(),
            "word 7, \"inhc\", is not in the English list: did you mean inch?"
        );
        let far = error_of(&FILM.replace("film", "xqxqxqxq"));
        assert!(
            matches!(
                far,
                WordsError::Unknown {
                    position: 1,
                    suggestion: None,
                    ..
                }
            ),
            "{far}"
        );
    }

    #[test]
    fn swapped_words_fail_the_checksum_and_a_missing_one_the_count() {
        assert_eq!(
            error_of(
                "theme film cheese broken kingdom destroy inch ready wear inspire shove pudding"
            ),
            WordsError::Checksum
        );
        assert_eq!(
            error_of("film theme cheese"),
            WordsError::Count { found: 3 }
        );
        assert_eq!(error_of(""), WordsError::Count { found: 0 });
        assert_eq!(
            error_of(&"film ".repeat(2000)),
            WordsError::TooLong { found: 10_000 }
        );
    }

    #[test]
    fn every_language_and_length_reads_back_what_it_shows() {
        for language in Language::ALL {
            for count in WordCount::ALL {
                let entropy: Vec<u8> = (0..count.entropy_bytes())
                    .map(|i| (i * 37 + *language as usize) as u8)
                    .collect();
                let words = Words::from_entropy(*language, &entropy).unwrap();
                assert_eq!(words.count(), count);
                let shown: Vec<String> = words
                    .shown()
                    .iter()
                    .map(|word| word.to_uppercase())
                    .collect();
                let read = Words::parse(&shown.join(" ")).unwrap();
                assert!(read.to_text() == words.to_text(), "{language}");
                assert_eq!(read.seed().as_bytes(), words.seed().as_bytes());
            }
        }
        assert_eq!(
            Words::from_entropy(Language::English, &[0; 17]).err(),
            Some(WordsError::Entropy { found: 17 })
        );
    }

    #[test]
    fn chinese_words_need_no_spaces_and_french_ones_no_accents() {
        let chinese = Words::from_entropy(Language::SimplifiedChinese, &[7; 16]).unwrap();
        let run_together: String = chinese.iter().collect();
        assert_eq!(
            Words::parse(&run_together).unwrap().seed().as_bytes(),
            chinese.seed().as_bytes()
        );

        let french = Words::from_entropy(Language::French, &[200; 32]).unwrap();
        let plain: String = french
            .to_text()
            .nfkd()
            .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
            .collect();
        assert_ne!(plain, *french.to_text());
        assert_eq!(
            Words::parse_in(Language::French, &plain)
                .unwrap()
                .seed()
                .as_bytes(),
            french.seed().as_bytes()
        );
    }

    #[test]
    fn a_word_that_occurs_twice_can_be_confirmed() {
        let words = Words::parse(&format!("{}about", "abandon ".repeat(11))).unwrap();
        assert!(words.matches_at(3, " Abandon ") && words.matches_at(12, "about"));
        assert!(
            !words.matches_at(12, "abandon")
                && !words.matches_at(0, "abandon")
                && !words.matches_at(13, "about")
        );
        assert!(!words.matches_at(1, "abandon abandon"));
    }
}
