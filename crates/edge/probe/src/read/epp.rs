//! EPP and RGP status words in every spelling that answers use.
//!
//! RDAP writes them in words (RFC 8056), WHOIS in camel case with a link, registries in capitals
//! or with hyphens. All of them become the spelling of RFC 5731 and RFC 3915; a word that is
//! none of these stays as it is.

/// The statuses of RFC 5731 (section 2.3), RFC 3915 (section 3.1) and RFC 5732.
const STATUSES: [&str; 26] = [
    "addPeriod",
    "autoRenewPeriod",
    "clientDeleteProhibited",
    "clientHold",
    "clientRenewProhibited",
    "clientTransferProhibited",
    "clientUpdateProhibited",
    "inactive",
    "linked",
    "ok",
    "pendingCreate",
    "pendingDelete",
    "pendingDeleteRestorable",
    "pendingDeleteScheduledForRelease",
    "pendingRenew",
    "pendingRestore",
    "pendingTransfer",
    "pendingUpdate",
    "redemptionPeriod",
    "renewPeriod",
    "serverDeleteProhibited",
    "serverHold",
    "serverRenewProhibited",
    "serverTransferProhibited",
    "serverUpdateProhibited",
    "transferPeriod",
];

/// Finds the standard spelling of a status word, whatever its case, spaces and hyphens.
///
/// RFC 8056 maps the RDAP value `active` to `ok`; `associated` belongs to other objects.
pub(crate) fn standard(word: &str) -> Option<&'static str> {
    let letters = || word.bytes().filter(|b| !matches!(b, b' ' | b'-' | b'_' | b'\t'));
    let length = letters().count();
    let same =
        |known: &&&str| known.len() == length && known.bytes().zip(letters()).all(|(a, b)| a.eq_ignore_ascii_case(&b));
    if length > 40 { None } else { STATUSES.iter().find(same).copied() }
}

/// Cuts the link or explanation off a status and finds its standard spelling.
///
/// `clientHold https://icann.org/epp#clientHold` and `ok (paid and in zone)` are one word each.
pub(crate) fn read(text: &str) -> &str {
    let text = text.trim().trim_matches('"');
    // The form ICANN asks for: the status, a space, its link.
    if let Some((word, rest)) = text.split_once(' ')
        && rest.starts_with("http")
        && let Some(known) = standard(word)
    {
        return known;
    }
    let cut = ["http://", "https://", "(", " - "].iter().filter_map(|mark| text.find(mark)).min().unwrap_or(text.len());
    let short = text.get(..cut).unwrap_or(text).trim().trim_end_matches([',', '.', ';', '-', ':']).trim();
    let short = if short.is_empty() { text } else { short };
    if let Some(known) = standard(short) {
        return known;
    }
    // "clientHold - set by ..." and "ok, paid": the first word may be the status.
    match short.split([' ', ',', '\t']).next().and_then(standard) {
        Some(known) if !known.eq_ignore_ascii_case("inactive") && short.contains([',', ' ']) && known.len() > 5 => {
            known
        }
        _ => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_becomes_one() {
        for (text, want) in [
            ("clientTransferProhibited https://icann.org/epp#clientTransferProhibited", "clientTransferProhibited"),
            ("client transfer prohibited", "clientTransferProhibited"),
            ("CLIENT-TRANSFER-PROHIBITED", "clientTransferProhibited"),
            ("clienttransferprohibited", "clientTransferProhibited"),
            ("OK", "ok"),
            ("ok (paid and in zone)", "ok"),
            ("redemption period", "redemptionPeriod"),
            ("pendingDelete (redemption)", "pendingDelete"),
            ("Granted", "Granted"),
            ("DELEGATED", "DELEGATED"),
            ("REGISTERED", "REGISTERED"),
            ("(paid)", "(paid)"),
            ("", ""),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
    }
}
