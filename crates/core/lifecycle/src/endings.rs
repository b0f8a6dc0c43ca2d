//! Which endings of a retirement are offered for a suffix at a registrar, and what to do instead.

use namekeep_model::{Ending, Words, words};
use namekeep_rules::overlays::DeleteRoute;
use namekeep_rules::{Offered, Overlay, Row, TrapCode, WayBack};
use serde::Serialize;

/// Whether one ending is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "offer", rename_all = "snake_case")]
pub enum Offer {
    /// It is.
    Offered,
    /// It is, once something else is done.
    Conditional {
        /// What has to be done.
        needs: Words,
    },
    /// It is not.
    NotOffered {
        /// Why.
        why: Words,
        /// The ending taken in its place.
        fallback: Ending,
    },
}

impl Offer {
    /// Tells whether a plan may use the ending.
    pub const fn is_open(&self) -> bool {
        !matches!(self, Self::NotOffered { .. })
    }
}

/// Every ending with its offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endings {
    /// Kept, dark.
    #[serde(rename = "hold-dark")]
    pub hold_dark: Offer,
    /// Kept, with the filed site alive.
    #[serde(rename = "hold-live")]
    pub hold_live: Offer,
    /// Handed on.
    pub transfer: Offer,
    /// Left to its clock.
    pub lapse: Offer,
    /// Deleted on request.
    pub delete: Offer,
}

impl Endings {
    /// The offer of an ending.
    pub const fn get(&self, ending: Ending) -> &Offer {
        match ending {
            Ending::HoldDark => &self.hold_dark,
            Ending::HoldLive => &self.hold_live,
            Ending::Transfer => &self.transfer,
            Ending::Lapse => &self.lapse,
            Ending::Delete => &self.delete,
        }
    }
}

/// Tells whether a registrar restricts deletion for a suffix.
pub(crate) fn restricted(overlay: &Overlay, suffix: &str) -> bool {
    overlay
        .delete
        .as_ref()
        .is_some_and(|delete| delete.offered == DeleteRoute::AllowListed || excepted(overlay, suffix))
}

fn excepted(overlay: &Overlay, suffix: &str) -> bool {
    let Some(delete) = &overlay.delete else { return false };
    let mut rest = suffix;
    loop {
        if delete.except.iter().any(|except| except == rest) {
            return true;
        }
        match rest.split_once('.') {
            Some((_, parent)) => rest = parent,
            None => return false,
        }
    }
}

/// Says which endings are offered; a suffix of which nothing is known is only ever held.
pub fn endings(row: Option<&Row>, overlay: Option<&Overlay>, suffix: &str) -> Endings {
    let Some(row) = row.filter(|row| row.is_known()) else {
        let unknown = || Offer::NotOffered {
            why: words!(en: "no life cycle is known for this suffix: a person has to ask the registrar first", zh: "该后缀的生命周期未知：须先由人工向注册商核实"),
            fallback: Ending::HoldDark,
        };
        return Endings {
            hold_dark: Offer::Offered,
            hold_live: Offer::Offered,
            transfer: unknown(),
            lapse: unknown(),
            delete: unknown(),
        };
    };
    let lapse = if row.has(TrapCode::CancellationNeeded) {
        Offer::Conditional {
            needs: words!(en: "a written cancellation: not renewing is not cancelling here", zh: "书面取消：此处不续费不等于取消"),
        }
    } else {
        Offer::Offered
    };
    Endings {
        hold_dark: Offer::Offered,
        hold_live: Offer::Offered,
        transfer: Offer::Offered,
        lapse,
        delete: delete(row, overlay, suffix),
    }
}

fn delete(row: &Row, overlay: Option<&Overlay>, suffix: &str) -> Offer {
    let not = |why: Words, fallback| Offer::NotOffered { why, fallback };
    let delete = &row.explicit_delete;
    // Where a lapse needs a cancellation, the cancellation is the deletion: a name is rather kept.
    let instead = if row.has(TrapCode::CancellationNeeded) { Ending::HoldDark } else { Ending::Lapse };
    if let Some(overlay) = overlay.filter(|overlay| excepted(overlay, suffix)) {
        return not(
            words!(en: "{r} takes no deletion for this suffix", zh: "{r} 不受理该后缀的删除", r = overlay.registrar),
            instead,
        );
    }
    if delete.offered == Offered::No {
        return not(
            words!(en: "deletion on request is not offered for this suffix", zh: "该后缀不提供申请删除"),
            instead,
        );
    }
    if delete.way_back == WayBack::No || row.has(TrapCode::NoWayBack) || row.has(TrapCode::RestoreMayFail) {
        return not(
            words!(en: "a deletion could not be undone here, and none is started without a way back", zh: "此处删除无法撤销，没有退路的删除不予执行"),
            instead,
        );
    }
    let allow_listed = overlay
        .and_then(|overlay| overlay.delete.as_ref())
        .is_some_and(|offer| offer.offered == DeleteRoute::AllowListed);
    if allow_listed {
        return Offer::Conditional {
            needs: words!(en: "the registrar's allow-list, or a support ticket", zh: "注册商白名单，或提交工单"),
        };
    }
    match (delete.offered, delete.way_back) {
        (Offered::Yes, WayBack::Yes) => Offer::Offered,
        (Offered::Ask, _) => Offer::Conditional {
            needs: words!(en: "the registrar's answer whether a deletion is taken and can be undone", zh: "注册商答复：是否受理删除、能否撤销"),
        },
        _ => not(
            words!(en: "no source says that a deletion is taken and can be undone", zh: "没有来源说明可受理删除并可撤销"),
            instead,
        ),
    }
}
