//! T3: the delegation, and every name server in it.
//!
//! Parent, zone and registrar must name the same servers, and each of them must serve the zone at
//! each of its addresses. It judges one look from one place: a server that is silent here may
//! answer elsewhere. It does not validate signatures (T4) and does not know who owns the domain a
//! name server lies in, only whether its name exists.

use std::collections::{BTreeMap, BTreeSet};

use namekeep_model::{Finding, Level, Text, Words, words};

use super::Round;
use super::profile::Delegation as Levels;

const CODE: &str = "T3";

/// What the zone above says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Above {
    /// It delegates the name to these servers.
    Delegates(BTreeSet<String>),
    /// It does not know the name.
    NoSuchName,
    /// It knows the name and does not delegate it.
    NotDelegated,
    /// It could not be asked.
    NotSeen(Words),
}

/// What one server did when asked for the zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Did {
    /// It serves the zone.
    Serves,
    /// It answers and does not serve it.
    Lame(String),
    /// It does not answer.
    Silent(Words),
    /// It could not be asked from here.
    NotAsked(Words),
}

/// Why the name of a server has no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unresolved {
    /// The domain it lies in does not exist: whoever registers it answers for the name.
    NoSuchDomain(String),
    /// It does not exist, in a domain that does.
    NoSuchName,
    /// It has no address.
    NoAddress,
    /// It could not be found out.
    NotSeen(Words),
}

/// One server at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Its name.
    pub host: String,
    /// Its address.
    pub address: String,
    /// What it did.
    pub did: Did,
}

/// One look at a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// What the zone above says.
    pub above: Above,
    /// How many of its servers say something else.
    pub above_dissent: usize,
    /// Whether DS records stand above, none of which fits a key of the zone; none when not known.
    pub ds_without_key: Option<bool>,
    /// The servers the zone itself names; empty when no server serves it.
    pub zone: BTreeSet<String>,
    /// The servers the registrar's record names, where it is known.
    pub registrar: Option<BTreeSet<String>>,
    /// Every server at every address.
    pub servers: Vec<Server>,
    /// Servers without an address.
    pub unresolved: BTreeMap<String, Unresolved>,
    /// The versions of the zone, with the servers that hold them.
    pub serials: BTreeMap<u32, BTreeSet<String>>,
    /// Servers below the name without an address in the delegation.
    pub missing_glue: BTreeSet<String>,
}

/// Checks a delegation.
pub fn check(round: &Round<'_>, levels: &Levels, seen: &Seen) -> Vec<Finding> {
    let raise = |level, subject: Option<&str>, says| round.raise(CODE, level, subject, says);
    let above = match &seen.above {
        Above::Delegates(servers) => servers,
        Above::NoSuchName => {
            let says = words!(en: "the zone above does not know the name: it does not resolve", zh: "上级区没有该域名：无法解析");
            return raise(levels.name_missing, None, says).into_iter().collect();
        }
        // A name below a registration may well live in the zone of the registration.
        Above::NotDelegated if round.name.registry_registrable().as_ref() != Some(round.name) => return Vec::new(),
        Above::NotDelegated => {
            let says = words!(en: "the zone above does not delegate the name: it has no zone of its own", zh: "上级区未委派该域名：该域名没有自己的区");
            return raise(levels.name_missing, None, says).into_iter().collect();
        }
        Above::NotSeen(why) => {
            let says = why.behind(Text::new("the zone above could not be asked: ", "无法查询上级区："));
            return raise(Level::NotChecked, None, says).into_iter().collect();
        }
    };
    let mut found: Vec<Finding> = servers(round, levels, seen);
    if !seen.zone.is_empty() {
        found.extend(lists(round, levels.ns_differs, "ns", above, &seen.zone, ("the zone", "本区")));
    }
    if let Some(registrar) = &seen.registrar {
        found.extend(lists(
            round,
            levels.registrar_ns_differs,
            "ns-registrar",
            above,
            registrar,
            ("the registrar", "注册商"),
        ));
    }
    if seen.serials.len() > 1 {
        let versions: Vec<String> =
            seen.serials.iter().map(|(serial, hosts)| format!("{serial} ({})", join(hosts))).collect();
        let versions = versions.join(", ");
        found.extend(raise(levels.serial_differs, Some("serial"), words!(en: "the servers hold different versions of the zone: {versions}", zh: "各服务器的区版本不一致：{versions}")));
    }
    for host in &seen.missing_glue {
        found.extend(raise(levels.glue_missing, Some(host), words!(en: "{host} lies below the name and the delegation carries no address for it", zh: "{host} 位于本域名之下，但委派中没有其地址（胶水记录）")));
    }
    if seen.ds_without_key == Some(true) {
        found.extend(raise(levels.ds_without_key, Some("ds"), words!(en: "a DS record stands above and fits no key of the zone: validating resolvers refuse the name", zh: "上级区有 DS 记录，但与本区密钥均不匹配：启用验证的解析器将拒绝该域名")));
    }
    if seen.above_dissent > 0 {
        let count = seen.above_dissent;
        found.extend(raise(levels.parents_differ, Some("parent"), words!(en: "servers of the zone above disagree about the delegation ({count} differ)", zh: "上级区各服务器的委派不一致（{count} 台不同）")));
    }
    if above.len() == 1 {
        found.extend(raise(
            levels.single_server,
            Some("ns-count"),
            words!(en: "one name server only: {}", zh: "仅有一台域名服务器：{}", join(above)),
        ));
    }
    found
}

/// The findings about single servers, and about all of them together.
fn servers(round: &Round<'_>, levels: &Levels, seen: &Seen) -> Vec<Finding> {
    let raise = |level, subject: Option<&str>, says| round.raise(CODE, level, subject, says);
    let mut found = Vec::new();
    let serves = seen.servers.iter().any(|server| server.did == Did::Serves);
    let asked = seen.servers.iter().any(|server| !matches!(server.did, Did::NotAsked(_)));
    // Without glue a server below the name cannot be found by anybody: that is clear enough.
    let clear =
        |host: &String, why: &Unresolved| !matches!(why, Unresolved::NotSeen(_)) || seen.missing_glue.contains(host);
    let unclear = !seen.unresolved.iter().all(|(host, why)| clear(host, why));
    if !serves && !asked && (unclear || !seen.servers.is_empty()) {
        let why = seen.servers.iter().find_map(|server| match &server.did {
            Did::NotAsked(why) => Some(why.clone()),
            _ => None,
        });
        let why = why.unwrap_or_else(|| Text::new("their addresses could not be found out", "未能查到其地址").into());
        let says = why.behind(Text::new("no name server could be asked: ", "无法查询任何域名服务器："));
        found.extend(raise(Level::NotChecked, None, says));
    } else if !serves {
        found.extend(raise(levels.nothing_serves, None, words!(en: "no name server serves the zone: the name does not resolve", zh: "没有任何域名服务器提供该区：无法解析")));
    }
    for server in &seen.servers {
        let (host, address) = (&server.host, &server.address);
        let subject = format!("{host} {address}");
        found.extend(match &server.did {
            Did::Serves | Did::NotAsked(_) => None,
            Did::Lame(said) => raise(levels.lame, Some(&subject), words!(en: "{host} ({address}) is listed and does not serve the zone: {said}", zh: "{host}（{address}）已列入委派但不提供该区：{said}")),
            Did::Silent(why) => raise(levels.silent, Some(&subject), why.behind(words!(en: "{host} ({address}) does not answer: ", zh: "{host}（{address}）无应答："))),
        });
    }
    // A server without glue has its own finding.
    for (host, why) in seen.unresolved.iter().filter(|(host, _)| !seen.missing_glue.contains(*host)) {
        found.extend(match why {
            Unresolved::NoSuchDomain(domain) => raise(levels.ns_name_free, Some(host), words!(en: "name server {host} lies in {domain}, which does not exist: whoever registers it answers for this name", zh: "域名服务器 {host} 所属的 {domain} 不存在：谁注册它，谁就能应答本域名")),
            Unresolved::NoSuchName => raise(levels.ns_without_address, Some(host), words!(en: "name server {host} does not exist", zh: "域名服务器 {host} 不存在")),
            Unresolved::NoAddress => raise(levels.ns_without_address, Some(host), words!(en: "name server {host} has no address", zh: "域名服务器 {host} 没有地址")),
            Unresolved::NotSeen(why) => raise(levels.ns_without_address, Some(host), why.behind(words!(en: "the address of name server {host} could not be found: ", zh: "未能查到域名服务器 {host} 的地址："))),
        });
    }
    found
}

/// Compares the delegation with another list of servers.
fn lists(
    round: &Round<'_>,
    level: Level,
    subject: &str,
    above: &BTreeSet<String>,
    other: &BTreeSet<String>,
    who: (&str, &str),
) -> Option<Finding> {
    if above == other {
        return None;
    }
    let only = |a: &BTreeSet<String>, b: &BTreeSet<String>| join(&a.difference(b).cloned().collect());
    let (only_above, only_other) = (only(above, other), only(other, above));
    let mut says = Words {
        en: format!("name servers differ between the delegation and {}", who.0),
        zh: format!("委派与{}的域名服务器不一致", who.1),
    };
    if !only_above.is_empty() {
        says.en.push_str(&format!("; only in the delegation: {only_above}"));
        says.zh.push_str(&format!("；仅在委派中：{only_above}"));
    }
    if !only_other.is_empty() {
        says.en.push_str(&format!("; only at {}: {only_other}", who.0));
        says.zh.push_str(&format!("；仅在{}：{only_other}", who.1));
    }
    round.raise(CODE, level, Some(subject), says)
}

fn join(hosts: &BTreeSet<String>) -> String {
    hosts.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}
