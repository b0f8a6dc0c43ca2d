//! Text shown to a person, in both languages of the product.
//!
//! A [`Text`] has both languages by construction, so a missing one does not compile. Codes and
//! JSON keys are never translated.

use serde::{Deserialize, Serialize};

/// A language of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    /// English.
    #[default]
    En,
    /// Simplified Chinese.
    Zh,
}

/// One sentence, word or heading in every language of the product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Text {
    /// English.
    pub en: &'static str,
    /// Simplified Chinese.
    pub zh: &'static str,
}

impl Text {
    /// Pairs an English and a Chinese wording.
    pub const fn new(en: &'static str, zh: &'static str) -> Self {
        Self { en, zh }
    }

    /// Picks one language.
    pub const fn get(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }
}

/// A sentence composed at run time, or read from a versioned file, in every language.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Simplified Chinese.
    pub zh: String,
}

impl Words {
    /// Quotes a text of somebody else as it came: nobody translates it, and a Chinese reader is told so.
    pub fn quoted(text: impl Into<String>) -> Self {
        let en = text.into();
        Self { zh: format!("（原文）{en}"), en }
    }

    /// Puts a lead in front: `could not be read: ` and its reason.
    #[must_use]
    pub fn behind(&self, lead: impl Into<Self>) -> Self {
        let Self { en, zh } = lead.into();
        Self { en: en + &self.en, zh: zh + &self.zh }
    }

    /// Tells whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.en.is_empty()
    }

    /// Picks one language.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

impl From<Text> for Words {
    fn from(text: Text) -> Self {
        Self { en: text.en.to_owned(), zh: text.zh.to_owned() }
    }
}

/// Formats both languages of a [`Words`] with the same arguments.
///
/// ```
/// let n = 3;
/// let words = namekeep_model::words!(en: "{n} names", zh: "{n} 个域名");
/// assert_eq!(words.zh, "3 个域名");
/// ```
#[macro_export]
macro_rules! words {
    (en: $en:literal, zh: $zh:literal $(, $($arg:tt)*)?) => {
        $crate::text::Words { en: format!($en $(, $($arg)*)?), zh: format!($zh $(, $($arg)*)?) }
    };
}
