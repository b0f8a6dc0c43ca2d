//! JSON taken as it comes: a value of the wrong type is noticed, never fatal.
//!
//! RDAP servers put a string where RFC 9083 asks for an array, an object where it asks for a
//! list of one, a number where it asks for text. Each wrapper here accepts any value, keeps what
//! it can use and remembers that the form was odd. Text is borrowed from the document.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::de::{
    Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor,
    value::{BorrowedStrDeserializer, MapAccessDeserializer, StrDeserializer},
};

/// Entries kept of one list; a domain has a few dozen of anything.
pub(super) const MAX_LIST: usize = 1_000;

/// Text, if text it is; numbers and truth values are taken as their text.
#[derive(Debug, Default)]
pub(super) struct Word<'a> {
    /// The text.
    pub(super) text: Option<Cow<'a, str>>,
    /// Whether something else than text stood there.
    pub(super) odd: bool,
}

impl Word<'_> {
    /// Gives the text without surrounding space, if there is any.
    pub(super) fn get(&self) -> Option<&str> {
        self.text.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }
}

/// A list; one bare value counts as a list of one.
#[derive(Debug)]
pub(super) struct List<T> {
    /// The values.
    pub(super) items: Vec<T>,
    /// Whether something else than a list stood there, or too long a list.
    pub(super) odd: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self { items: Vec::new(), odd: false }
    }
}

/// A truth value; `"true"` counts.
#[derive(Debug, Default)]
pub(super) struct Truth {
    /// The value.
    pub(super) value: Option<bool>,
    /// Whether something else stood there.
    pub(super) odd: bool,
}

/// A whole number; `"404"` counts.
#[derive(Debug, Default)]
pub(super) struct Number {
    /// The value.
    pub(super) value: Option<u64>,
}

/// Gives one value for text, numbers, truth values and null.
macro_rules! scalars {
    ($value:expr) => {
        $crate::read::rdap::lenient::scalars!($value, null $value);
    };
    ($value:expr, null $null:expr) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok($value)
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok($null)
        }
    };
}
pub(super) use scalars;

/// Visits any JSON value; an implementor overrides the kinds it can use.
macro_rules! any_visitor {
    ($name:ident $(<$($p:ident),*>)? -> $out:ty { $($body:item)* }) => {
        impl<'de: 'a, 'a $(, $($p: Deserialize<'de>),*)?> Visitor<'de> for $name<'a $(, $($p),*)?> {
            type Value = $out;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON value")
            }
            $($body)*
        }
    };
}

struct WordVisitor<'a>(PhantomData<&'a ()>);

any_visitor!(WordVisitor -> Word<'a> {
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Word { text: Some(Cow::Borrowed(text)), odd: false })
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Word { text: Some(Cow::Owned(text.to_owned())), odd: false })
    }
    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(Word { text: Some(Cow::Borrowed(if value { "true" } else { "false" })), odd: true })
    }
    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        Ok(Word { text: Some(Cow::Owned(value.to_string())), odd: true })
    }
    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        Ok(Word { text: Some(Cow::Owned(value.to_string())), odd: true })
    }
    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
        Ok(Word { text: Some(Cow::Owned(value.to_string())), odd: true })
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Word::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let first: Option<Word<'a>> = seq.next_element()?;
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Word { text: first.and_then(|word| word.text), odd: true })
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Word { text: None, odd: true })
    }
});

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor(PhantomData))
    }
}

struct ListVisitor<'a, T>(PhantomData<(&'a (), T)>);

any_visitor!(ListVisitor<T> -> List<T> {
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut list = List::default();
        while list.items.len() < MAX_LIST {
            match seq.next_element()? {
                Some(item) => list.items.push(item),
                None => return Ok(list),
            }
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {
            list.odd = true;
        }
        Ok(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(List { items: vec![T::deserialize(MapAccessDeserializer::new(map))?], odd: true })
    }
    fn visit_borrowed_str<E: serde::de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(List { items: vec![T::deserialize(BorrowedStrDeserializer::new(text))?], odd: true })
    }
    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(List { items: vec![T::deserialize(StrDeserializer::new(text))?], odd: true })
    }
    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(List { items: Vec::new(), odd: true })
    }
    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(List { items: Vec::new(), odd: true })
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(List::default())
    }
});

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor::<'de, T>(PhantomData))
    }
}

impl<'de> Deserialize<'de> for Truth {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Word::deserialize(deserializer)?;
        Ok(match word.get() {
            Some("true") => Self { value: Some(true), odd: false },
            Some("false") => Self { value: Some(false), odd: false },
            other => Self { value: None, odd: other.is_some() || word.odd },
        })
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = Word::deserialize(deserializer)?;
        Ok(Self { value: word.get().and_then(|text| text.parse().ok()) })
    }
}

/// Declares an object of which only some members are used.
///
/// Any value that is not an object becomes the empty object, with `@odd` noted in that field.
/// Members of `@known` are skipped; of all others the keys are kept in the field of `@others`.
macro_rules! object {
    ($(#[$meta:meta])* $name:ident { $(@others $others:ident,)? $(@odd $odd:ident,)? $(@known $($known:literal)|+,)? $($($key:literal)|+ => $field:ident : $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Default)]
        pub(super) struct $name<'a> {
            $(pub(super) $field: $ty,)*
            $(/// Members that are not known.
            pub(super) $others: Vec<std::borrow::Cow<'a, str>>,)?
            $(/// Whether something else than an object stood there.
            pub(super) $odd: bool,)?
        }

        impl<'de: 'a, 'a> serde::Deserialize<'de> for $name<'a> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                fn not_an_object<'a>() -> $name<'a> {
                    $name { $($odd: true,)? ..$name::default() }
                }
                struct Any<'a>(std::marker::PhantomData<&'a ()>);
                impl<'de: 'a, 'a> serde::de::Visitor<'de> for Any<'a> {
                    type Value = $name<'a>;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("any JSON value")
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                        let mut out = $name::default();
                        while let Some(key) = map.next_key::<$crate::read::rdap::lenient::Key<'a>>()? {
                            match &*key.0 {
                                $($($key)|+ => out.$field = map.next_value()?,)*
                                $($($known)|+ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                })?
                                _ => {
                                    map.next_value::<serde::de::IgnoredAny>()?;
                                    $(if out.$others.len() < $crate::read::rdap::lenient::MAX_LIST {
                                        out.$others.push(key.0);
                                    })?
                                }
                            }
                        }
                        Ok(out)
                    }
                    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
                        while seq.next_element::<serde::de::IgnoredAny>()?.is_some() {}
                        Ok(not_an_object())
                    }
                    $crate::read::rdap::lenient::scalars!(not_an_object(), null $name::default());
                }
                deserializer.deserialize_any(Any(std::marker::PhantomData))
            }
        }
    };
}
pub(super) use object;

/// A member name, borrowed where it has no escapes.
pub(super) struct Key<'a>(pub(super) Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct KeyVisitor<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for KeyVisitor<'a> {
            type Value = Key<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a member name")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(KeyVisitor(PhantomData))
    }
}
