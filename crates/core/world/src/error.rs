//! Why a world cannot be built from its description.

use namekeep_model::{AccountId, DomainName, Text};

use crate::spec::MAX_SPEC;

/// A description no world can be built from.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The text is no spec.
    #[error("the world's description cannot be read")]
    Spec(#[source] Box<toml::de::Error>),
    /// The text is too long.
    #[error("the world's description has {0} bytes; {MAX_SPEC} are the most")]
    TooLarge(usize),
    /// The zone is not in the time zone database.
    #[error("`{0}` is not a time zone")]
    Zone(String),
    /// Two entries for one name.
    #[error("{0} is described twice")]
    Twice(DomainName),
    /// Two entries for one account.
    #[error("the account {0} is described twice")]
    TwiceAccount(AccountId),
    /// A name lies in an account nobody described.
    #[error("{name} lies in the account {account}, which is not described")]
    NoAccount {
        /// The name.
        name: DomainName,
        /// The account.
        account: AccountId,
    },
    /// A name follows rules nobody described.
    #[error("{name} follows the rules `{rules}`, which are not described")]
    NoRules {
        /// The name.
        name: DomainName,
        /// The rules' id.
        rules: String,
    },
}

impl WorldError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Spec(_) => "E1701",
            Self::TooLarge(_) => "E1702",
            Self::Zone(_) => "E1703",
            Self::Twice(_) => "E1704",
            Self::TwiceAccount(_) => "E1705",
            Self::NoAccount { .. } => "E1706",
            Self::NoRules { .. } => "E1707",
        }
    }

    /// What to do about it.
    pub const fn hint(&self) -> Text {
        match self {
            Self::Spec(_) => Text::new(
                "mend the line the message names; unknown fields are refused",
                "按提示修正该行；不接受未知字段",
            ),
            Self::TooLarge(_) => Text::new("split the world into smaller ones", "请拆分为较小的模拟世界"),
            Self::Zone(_) => {
                Text::new("give an IANA zone such as Asia/Shanghai", "请使用 IANA 时区名，例如 Asia/Shanghai")
            }
            Self::Twice(_) | Self::TwiceAccount(_) => {
                Text::new("keep one entry; labels of one bundle are one entry", "只保留一条；同一组域名写在一条内")
            }
            Self::NoAccount { .. } => Text::new("add the account, or name another", "请补充该账户或改用其他账户"),
            Self::NoRules { .. } => Text::new("add the rules under [rules]", "请在 [rules] 下补充该规则"),
        }
    }
}
