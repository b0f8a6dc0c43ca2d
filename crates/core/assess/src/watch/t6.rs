//! T6: the certificate each address shows.
//!
//! Life left is judged as a share of the lifetime, not in fixed days: lifetimes shrink to 47 days.
//! An address that takes no connection has no certificate to judge. It does not see certificates
//! that are issued and not shown (certificate logs come later), or revocation.

use namekeep_model::{Finding, Level, Text, Timestamp, Words, words};

use super::Round;
use super::profile::Certificates as Levels;

const CODE: &str = "T6";

/// Something wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Its time is over.
    Expired,
    /// Its time has not come.
    NotYetValid,
    /// It does not cover the name.
    WrongName,
    /// It vouches for itself.
    SelfSigned,
    /// No path leads to a trusted authority, and what the checker said.
    ChainBroken(String),
    /// Its key is too short.
    WeakKey,
}

/// What one address did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shows {
    /// It showed a certificate.
    Certificate {
        /// From when it is valid.
        not_before: Timestamp,
        /// Until when it is valid.
        not_after: Timestamp,
        /// The share of its life left, in thousandths.
        left_permille: u16,
        /// What is wrong with it.
        problems: Vec<Problem>,
    },
    /// It takes no connection.
    Closed,
    /// It takes a connection and the handshake fails.
    NoHandshake(Words),
    /// It could not be asked from here.
    NotAsked(Words),
}

/// Checks what the addresses of a name show.
pub fn check(round: &Round<'_>, levels: &Levels, seen: &[(String, Shows)]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (address, shows) in seen {
        match shows {
            Shows::Certificate { not_before, not_after, left_permille, problems } => {
                for problem in problems {
                    found.extend(broken(round, levels, address, problem, *not_before, *not_after));
                }
                let over = problems.contains(&Problem::Expired) || problems.contains(&Problem::NotYetValid);
                if !over {
                    found.extend(running_out(round, levels, address, *left_permille, *not_after));
                }
            }
            Shows::NoHandshake(why) => found.extend(round.raise(
                CODE,
                levels.no_handshake,
                Some(address),
                why.behind(words!(en: "{address} takes connections and the TLS handshake fails: ", zh: "{address} 可连接，但 TLS 握手失败：")),
            )),
            Shows::Closed | Shows::NotAsked(_) => {}
        }
    }
    let closed: Vec<&str> = seen.iter().filter(|(_, shows)| *shows == Shows::Closed).map(|(a, _)| a.as_str()).collect();
    let open = seen.iter().any(|(_, shows)| matches!(shows, Shows::Certificate { .. }));
    if open && !closed.is_empty() {
        let closed = closed.join(" ");
        found.extend(round.raise(CODE, levels.partly_closed, Some("closed"), words!(en: "some addresses serve TLS and some take no connection: {closed}", zh: "部分地址提供 TLS，部分地址拒绝连接：{closed}")));
    }
    let not_asked = seen.iter().find_map(|(_, shows)| match shows {
        Shows::NotAsked(why) => Some(why),
        _ => None,
    });
    let nobody = seen.iter().all(|(_, shows)| matches!(shows, Shows::NotAsked(_)));
    if let Some(why) = not_asked.filter(|_| nobody) {
        found.extend(round.raise(
            CODE,
            Level::NotChecked,
            None,
            why.behind(Text::new("no address could be asked: ", "无法连接任何地址：")),
        ));
    }
    found
}

fn broken(
    round: &Round<'_>,
    levels: &Levels,
    address: &str,
    problem: &Problem,
    from: Timestamp,
    to: Timestamp,
) -> Option<Finding> {
    let (level, says) = match problem {
        Problem::Expired => (
            levels.expired,
            words!(en: "the certificate at {address} expired {to}", zh: "{address} 的证书已于 {to} 过期"),
        ),
        Problem::NotYetValid => (
            levels.not_yet_valid,
            words!(en: "the certificate at {address} is valid only from {from} on", zh: "{address} 的证书自 {from} 起才有效"),
        ),
        Problem::WrongName => (
            levels.wrong_name,
            words!(en: "the certificate at {address} does not cover the name", zh: "{address} 的证书未覆盖该域名"),
        ),
        Problem::SelfSigned => (
            levels.self_signed,
            words!(en: "the certificate at {address} vouches for itself", zh: "{address} 的证书为自签名"),
        ),
        Problem::ChainBroken(why) => (
            levels.chain_broken,
            words!(en: "the certificate at {address} leads to no trusted authority: {why}", zh: "{address} 的证书无法追溯到受信任的机构：{why}"),
        ),
        Problem::WeakKey => (
            levels.weak_key,
            words!(en: "the key of the certificate at {address} is too short", zh: "{address} 的证书密钥过短"),
        ),
    };
    round.raise(CODE, level, Some(address), says)
}

fn running_out(round: &Round<'_>, levels: &Levels, address: &str, left: u16, to: Timestamp) -> Option<Finding> {
    let share = levels.left.iter().rev().find(|share| left < share.below_permille)?;
    let percent = left / 10;
    let says = Words {
        en: format!("the certificate at {address} has {percent} % of its life left, until {to}"),
        zh: format!("{address} 的证书剩余寿命 {percent}%，至 {to}"),
    };
    round.raise(CODE, share.level, Some(address), says)
}
