//! The levels and thresholds of the watch, read from a versioned file.
//!
//! Operators and lawyers change them without a release. Unknown fields, another version, a level
//! that a check-point cannot raise and ladders out of order are refused when the file is read.

use std::fmt;

use namekeep_model::{Date, Level, Text, Words, words};
use serde::{Deserialize, Deserializer, de};

/// The profile that ships with the product.
pub const DEFAULT: &str = include_str!("../../../../../profiles/watch.v1.toml");

/// Largest profile read, in bytes.
const MAX_FILE: usize = 256 << 10;
/// The name and version of the format.
const SCHEMA: &str = "namekeep-watch/1";

/// A profile that is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The file is too large or not text.
    NotText,
    /// The file does not have the form of a profile.
    Form(String),
    /// The file is of another version.
    Version(String),
    /// A ladder is not in order.
    Order(&'static str),
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl ProfileError {
    /// Says what is wrong; a parser's words are quoted.
    pub fn says(&self) -> Words {
        match self {
            Self::NotText => words!(
                en: "the profile is not a text of at most {MAX_FILE} bytes", zh: "配置不是 {MAX_FILE} 字节以内的文本"
            ),
            Self::Form(what) => {
                Words::quoted(what).behind(words!(en: "the profile cannot be read: ", zh: "无法读取配置："))
            }
            Self::Version(found) => words!(
                en: "the profile is `{found}`, this version reads `{SCHEMA}`", zh: "配置为 `{found}`，本版本读取 `{SCHEMA}`"
            ),
            Self::Order(ladder) => {
                words!(en: "the ladder `{ladder}` of the profile is not in order", zh: "配置中的阶梯 `{ladder}` 次序不对")
            }
        }
    }

    /// Gives the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotText => "E1551",
            Self::Form(_) => "E1552",
            Self::Version(_) => "E1553",
            Self::Order(_) => "E1554",
        }
    }

    /// Says what a person can do about it.
    pub const fn hint(&self) -> Text {
        match self {
            Self::NotText => Text::new("give a TOML file in UTF-8", "请提供 UTF-8 编码的 TOML 文件"),
            Self::Form(_) => Text::new(
                "start from profiles/watch.v1.toml; levels are ok, notice, warning, critical",
                "请以 profiles/watch.v1.toml 为底本；级别为 ok、notice、warning、critical",
            ),
            Self::Version(_) => Text::new("use a profile of the version named", "请使用所示版本的配置"),
            Self::Order(_) => Text::new(
                "order the rungs: days before from large to small, days after and shares from gentle to grave",
                "请按顺序排列：到期前天数由大到小，到期后天数与剩余比例由轻到重",
            ),
        }
    }
}

/// A level that a check-point may raise; *not checked* is never a choice.
fn raised<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Level, D::Error> {
    match Level::deserialize(deserializer)? {
        Level::NotChecked => Err(de::Error::custom("a profile cannot turn a finding into `not-checked`")),
        level => Ok(level),
    }
}

macro_rules! levels {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident,)* } $(and { $($(#[$odoc:meta])* $other:ident: $type:ty,)* })?) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// Where the numbers come from.
            pub source: String,
            /// When that was last looked at.
            pub verified_on: Date,
            $($(#[$fdoc])* #[serde(deserialize_with = "raised")] pub $field: Level,)*
            $($($(#[$odoc])* pub $other: $type,)*)?
        }
    };
}

/// A level that begins at a number of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rung {
    /// Days to, or after, the date that counts.
    pub days: i32,
    /// The level from there on.
    #[serde(deserialize_with = "raised")]
    pub level: Level,
}

/// A level that begins below a share of the lifetime.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Thousandths of the lifetime left.
    pub below_permille: u16,
    /// The level below that.
    #[serde(deserialize_with = "raised")]
    pub level: Level,
}

levels! {
    /// Numbers of C4, the expiry ladder.
    Expiry {} and {
        /// Rungs before the date that counts, the largest first.
        before: Vec<Rung>,
        /// Rungs after it, the smallest first.
        after: Vec<Rung>,
        /// From so many days before it, the last safe rescue day is said to be near.
        rescue_days: i32,
        /// Two dates at least so many days apart may be a year apart.
        year_days_min: i32,
        /// Two dates at most so many days apart may be a year apart.
        year_days_max: i32,
    }
}

levels! {
    /// Levels of S6, statuses and locks.
    Locks {
        /// Nothing locks the name against a transfer out.
        transfer_lock_missing,
        /// Nothing locks it against deletion.
        delete_lock_missing,
        /// Nothing locks it against changes.
        update_lock_missing,
        /// A lock, or the registry's own, is missing on a protected name.
        protected_lock_missing,
        /// The name was taken out of the zone.
        hold,
        /// The name is being deleted.
        deletion,
        /// A transfer is under way.
        transfer_pending,
        /// A restore is under way.
        restore_pending,
        /// The registry lists no name server.
        not_delegated,
    }
}

levels! {
    /// Levels of T3, the delegation.
    Delegation {
        /// The zone above does not know the name or does not delegate it.
        name_missing,
        /// No name server serves the zone.
        nothing_serves,
        /// A name server answers and does not serve the zone.
        lame,
        /// A name server does not answer.
        silent,
        /// Parent and zone name other servers.
        ns_differs,
        /// The registrar's list names other servers.
        registrar_ns_differs,
        /// Servers hold different versions of the zone.
        serial_differs,
        /// A server below the name has no address in the delegation.
        glue_missing,
        /// The domain of a server does not exist and may be free to register.
        ns_name_free,
        /// A server has no address.
        ns_without_address,
        /// A DS record fits no key of the zone.
        ds_without_key,
        /// Servers of the zone above disagree.
        parents_differ,
        /// One name server only.
        single_server,
    }
}

levels! {
    /// Levels of T6, certificates.
    Certificates {
        /// Its time is over.
        expired,
        /// Its time has not come.
        not_yet_valid,
        /// It does not cover the name.
        wrong_name,
        /// It vouches for itself.
        self_signed,
        /// No path leads to a trusted authority.
        chain_broken,
        /// Its key is too short.
        weak_key,
        /// The handshake does not complete.
        no_handshake,
        /// Some addresses serve TLS and some do not.
        partly_closed,
    } and {
        /// Shares of life left and the levels below them, the largest first.
        left: Vec<Share>,
    }
}

/// Everything the watch lets people decide.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Name and version of the format.
    pub schema: String,
    /// C4.
    #[serde(rename = "C4")]
    pub expiry: Expiry,
    /// S6.
    #[serde(rename = "S6")]
    pub locks: Locks,
    /// T3.
    #[serde(rename = "T3")]
    pub delegation: Delegation,
    /// T6.
    #[serde(rename = "T6")]
    pub certificates: Certificates,
}

impl Profile {
    /// Reads a profile.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProfileError> {
        let text =
            std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_FILE).ok_or(ProfileError::NotText)?;
        let profile: Self =
            toml::from_str(text).map_err(|error| ProfileError::Form(error.to_string().trim().replace('\n', " ")))?;
        if profile.schema != SCHEMA {
            return Err(ProfileError::Version(profile.schema.chars().take(64).collect()));
        }
        let Expiry { before, after, .. } = &profile.expiry;
        let descends =
            |rungs: &[Rung]| rungs.iter().zip(rungs.iter().skip(1)).all(|(a, b)| a.days > b.days && a.level <= b.level);
        let ascends =
            |rungs: &[Rung]| rungs.iter().zip(rungs.iter().skip(1)).all(|(a, b)| a.days < b.days && a.level <= b.level);
        let positive = |rungs: &[Rung]| rungs.iter().all(|rung| rung.days >= 0);
        if !descends(before) || !positive(before) {
            return Err(ProfileError::Order("before"));
        }
        if !ascends(after) || !positive(after) || after.is_empty() {
            return Err(ProfileError::Order("after"));
        }
        let left = &profile.certificates.left;
        if !left.iter().zip(left.iter().skip(1)).all(|(a, b)| a.below_permille > b.below_permille && a.level <= b.level)
        {
            return Err(ProfileError::Order("left"));
        }
        if profile.expiry.year_days_min > profile.expiry.year_days_max {
            return Err(ProfileError::Order("year_days"));
        }
        Ok(profile)
    }
}
