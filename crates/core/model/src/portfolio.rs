//! What a company wants of a name: its intent, and for a retirement the ending.

use serde::{Deserialize, Serialize};

use crate::Text;

/// What the company has decided about a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Intent {
    /// Keep it in use and renew it.
    Renew,
    /// Retire it; the ending says how.
    Retire,
    /// Nobody has decided: treated as `Renew` wherever doing nothing would lose the name.
    #[default]
    Undecided,
}

/// How a retirement ends. The first is the default: in every doubt the name is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Kept and renewed; no service, no mail.
    #[default]
    #[serde(rename = "hold-dark", alias = "hold")]
    HoldDark,
    /// Kept and renewed; the filed site stays alive at its mainland address.
    HoldLive,
    /// Handed to another holder.
    Transfer,
    /// Not renewed: ends by its own clock after the last way back.
    Lapse,
    /// Deleted at the registrar, where that is really offered.
    Delete,
}

impl Ending {
    /// Every ending, the safest first.
    pub const ALL: [Self; 5] = [Self::HoldDark, Self::HoldLive, Self::Transfer, Self::Lapse, Self::Delete];

    /// The word used in files, JSON and on the command line.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HoldDark => "hold-dark",
            Self::HoldLive => "hold-live",
            Self::Transfer => "transfer",
            Self::Lapse => "lapse",
            Self::Delete => "delete",
        }
    }

    /// Tells whether the company keeps the name.
    pub const fn keeps(self) -> bool {
        matches!(self, Self::HoldDark | Self::HoldLive)
    }

    /// Tells whether anybody may register the name in the end.
    pub const fn releases(self) -> bool {
        matches!(self, Self::Lapse | Self::Delete)
    }

    /// Its name for people.
    pub const fn text(self) -> Text {
        match self {
            Self::HoldDark => Text::new("hold (dark)", "持有（停放）"),
            Self::HoldLive => Text::new("hold (filing kept alive)", "持有（备案保留）"),
            Self::Transfer => Text::new("transfer out", "转出"),
            Self::Lapse => Text::new("let lapse", "不续费"),
            Self::Delete => Text::new("delete the registration", "删除域名"),
        }
    }
}
