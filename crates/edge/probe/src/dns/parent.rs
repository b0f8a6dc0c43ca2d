//! The delegation as the servers of the zone above give it.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use domain::base::Rtype;

use super::message::{Answer, Data, rcode};
use super::{KeyMark, NameServer, Parent, ParentSays, is_below};
use crate::error::ProbeError;
use crate::policy::Cleared;
use crate::wire::{Session, all};

/// Most servers of the zone above that are asked for the delegation.
const MAX_ASKED: usize = 4;
/// Most zone cuts walked down; a name has at most 127 labels, real ones have five.
const MAX_CUTS: usize = 8;

/// A zone and addresses of its servers, cleared to be asked.
struct Zone {
    name: String,
    servers: Vec<Cleared>,
    /// Why servers are missing, when there are none.
    trouble: Option<ProbeError>,
}

/// Finds the zone above and asks its servers for the delegation.
pub(super) async fn look(session: &Session<'_>, name: &str) -> Result<Parent, ProbeError> {
    let mut zone = match start(session, name).await {
        Ok(zone) => zone,
        Err(error) => return from_resolver(session, name).await.ok_or(error),
    };
    for _ in 0..MAX_CUTS {
        if zone.servers.is_empty() {
            return Err(zone.trouble.unwrap_or(ProbeError::Unreachable));
        }
        let asked = all(zone.servers.iter().map(|to| session.ask(*to, name, Rtype::NS, false))).await;
        let mut said = Vec::new();
        let mut down = None;
        let mut trouble = None;
        for (to, answer) in zone.servers.iter().zip(asked) {
            match answer.map(|answer| (read(name, &zone.name, &answer), answer)) {
                Ok((Some(says), answer)) => said.push((*to, says, answer)),
                Ok((None, answer)) => match answer.referral() {
                    Some(cut) if is_below(cut, &zone.name) && is_below(name, cut) && cut != zone.name => {
                        down = down.or_else(|| Some((cut.to_owned(), answer.clone())));
                    }
                    _ => {
                        let code = super::ask::rcode_name(answer.rcode);
                        trouble = trouble.or(Some(ProbeError::malformed("answer of the zone above", code)));
                    }
                },
                Err(error) => trouble = trouble.or(Some(error)),
            }
        }
        if let Some(parent) = settle(session, name, &zone.name, &said).await {
            return Ok(parent);
        }
        let Some((cut, answer)) = down else { return Err(trouble.unwrap_or(ProbeError::Unreachable)) };
        zone = servers_of(session, &cut, &answer.authority, &answer).await;
    }
    Err(ProbeError::malformed("delegation", "the zones above lead in a circle"))
}

/// Asks the resolver for the closest zone above that it knows the servers of.
async fn start(session: &Session<'_>, name: &str) -> Result<Zone, ProbeError> {
    let mut trouble = None;
    for above in ancestors(name) {
        let answer = match session.ask_resolver(&above, Rtype::NS).await {
            Ok(answer) => answer,
            // Without any resolver there is nothing to walk up for.
            Err(ProbeError::NoResolver) => return Err(ProbeError::NoResolver),
            Err(error) => {
                trouble = trouble.or(Some(error));
                continue;
            }
        };
        if !Answer::name_servers(&answer.answer, &above).is_empty() {
            return Ok(servers_of(session, &above, &answer.answer, &answer).await);
        }
        if let Some(cut) = answer.referral().filter(|cut| is_below(name, cut)).map(str::to_owned) {
            return Ok(servers_of(session, &cut, &answer.authority, &answer).await);
        }
    }
    Err(trouble.unwrap_or_else(|| ProbeError::malformed("resolver", "it knows no zone above the name")))
}

/// Takes the resolver's own word for the name servers, where it knows no zone above: a resolver
/// that is an authoritative server of the name and of nothing else.
async fn from_resolver(session: &Session<'_>, name: &str) -> Option<Parent> {
    let answer = session.ask_resolver(name, Rtype::NS).await.ok()?;
    let says = read(name, ".", &answer).filter(|says| matches!(says, ParentSays::HoldsTheZone { .. }))?;
    let ds = Err(ProbeError::malformed("resolver", "it knows no zone above the name"));
    Some(Parent { zone: String::new(), says, ds, dissent: Vec::new() })
}

/// The names above a name, nearest first, the root last.
fn ancestors(name: &str) -> Vec<String> {
    let mut found: Vec<String> =
        name.match_indices('.').filter_map(|(at, _)| name.get(at + 1..)).map(str::to_owned).collect();
    found.push(".".to_owned());
    found
}

/// Collects addresses of a zone's servers from what came with the answer, else from the resolver.
async fn servers_of(session: &Session<'_>, zone: &str, section: &[super::message::Record], answer: &Answer) -> Zone {
    let hosts = Answer::name_servers(section, zone);
    let mut found = Zone { name: zone.to_owned(), servers: Vec::new(), trouble: None };
    for host in hosts.iter().take(MAX_ASKED * 2) {
        if found.servers.len() >= MAX_ASKED {
            break;
        }
        let mut addresses = Answer::addresses(&answer.additional, host);
        if addresses.is_empty() {
            match session.resolve(host).await {
                Ok(resolved) => addresses = resolved,
                Err(why) => {
                    let error = ProbeError::NotResolved { host: host.clone(), why: why.says() };
                    found.trouble = found.trouble.take().or(Some(error));
                }
            }
        }
        // One address per host, IPv4 first: four servers say more than one server four times.
        addresses.sort_by_key(|ip| ip.is_ipv6());
        for ip in addresses {
            match session.wire.policy.found(SocketAddr::new(ip, session.wire.dns_port)) {
                Ok(cleared) => {
                    if !found.servers.contains(&cleared) {
                        found.servers.push(cleared);
                    }
                    break;
                }
                Err(error) => found.trouble = found.trouble.take().or(Some(error)),
            }
        }
    }
    found
}

/// Reads what a server of the zone above says of the name; none when it says nothing useful.
fn read(name: &str, zone: &str, answer: &Answer) -> Option<ParentSays> {
    let with_glue = |hosts: Vec<String>| -> Vec<NameServer> {
        hosts.into_iter().map(|host| NameServer { glue: Answer::addresses(&answer.additional, &host), host }).collect()
    };
    if answer.rcode == rcode::NXDOMAIN {
        // Only the zone itself can deny one of its names.
        let owner = answer.soa_owner().unwrap_or(zone);
        return (owner != name && is_below(name, owner)).then_some(ParentSays::NoSuchName);
    }
    if answer.rcode != rcode::NOERROR {
        return None;
    }
    let own = Answer::name_servers(&answer.answer, name);
    if !own.is_empty() {
        return Some(ParentSays::HoldsTheZone { servers: with_glue(own) });
    }
    let referred = Answer::name_servers(&answer.authority, name);
    if !referred.is_empty() {
        return Some(ParentSays::Delegated { servers: with_glue(referred) });
    }
    match answer.soa_owner() {
        Some(owner) if answer.authoritative && owner != name && is_below(name, owner) => Some(ParentSays::NotDelegated),
        _ => None,
    }
}

fn hosts(says: &ParentSays) -> BTreeSet<String> {
    match says {
        ParentSays::Delegated { servers } | ParentSays::HoldsTheZone { servers } => {
            servers.iter().map(|server| server.host.clone()).collect()
        }
        ParentSays::NoSuchName | ParentSays::NotDelegated => BTreeSet::new(),
    }
}

/// Takes what most servers of the zone above say, notes who differs, completes glue and DS; none
/// when no server said anything of the name.
async fn settle(
    session: &Session<'_>,
    name: &str,
    zone: &str,
    said: &[(Cleared, ParentSays, Answer)],
) -> Option<Parent> {
    let votes = |says: &ParentSays| said.iter().filter(|(_, other, _)| hosts(other) == hosts(says)).count();
    // A referral weighs more than a copy of the zone, since only it shows the parent's own records.
    let rank = |says: &ParentSays| (votes(says), matches!(says, ParentSays::Delegated { .. }));
    // The first of equals: `max_by_key` would give the last.
    let (to, says, _) = said.iter().rev().max_by_key(|(_, says, _)| rank(says))?;
    let differs = said.iter().filter(|(_, other, _)| hosts(other) != hosts(says));
    let dissent: Vec<(IpAddr, BTreeSet<String>)> =
        differs.map(|(to, other, _)| (to.address().ip(), hosts(other))).collect();
    let says = complete_glue(session, *to, name, says.clone()).await;
    let ds = match &says {
        ParentSays::Delegated { .. } | ParentSays::HoldsTheZone { .. } => delegation_signers(session, *to, name).await,
        ParentSays::NoSuchName | ParentSays::NotDelegated => Ok(Vec::new()),
    };
    Some(Parent { zone: zone.to_owned(), says, ds, dissent })
}

/// Asks again over TCP where glue is missing: a datagram may have had no room for it.
async fn complete_glue(session: &Session<'_>, to: Cleared, name: &str, says: ParentSays) -> ParentSays {
    let ParentSays::Delegated { servers } = &says else { return says };
    if !servers.iter().any(|server| server.glue.is_empty() && is_below(&server.host, name)) {
        return says;
    }
    match session.ask_stream(to, name, Rtype::NS).await.map(|answer| read(name, ".", &answer)) {
        Ok(Some(more @ ParentSays::Delegated { .. })) => more,
        _ => says,
    }
}

/// Reads the DS records, which stand in the zone above (RFC 4035 section 3.1.4.1).
async fn delegation_signers(session: &Session<'_>, to: Cleared, name: &str) -> Result<Vec<KeyMark>, ProbeError> {
    let answer = session.ask(to, name, Rtype::DS, false).await?;
    if answer.rcode != rcode::NOERROR || answer.soa_owner() == Some(name) {
        return Err(ProbeError::malformed("DS answer", super::ask::rcode_name(answer.rcode)));
    }
    let marks = answer.answer.iter().filter(|r| r.owner == name).filter_map(|r| match r.data {
        Data::Ds { key_tag, algorithm } => Some(KeyMark { key_tag, algorithm }),
        _ => None,
    });
    let mut marks: Vec<KeyMark> = marks.collect();
    marks.sort();
    marks.dedup();
    Ok(marks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ancestors_run_to_the_root() {
        assert_eq!(ancestors("a.co.uk"), ["co.uk", "uk", "."]);
        assert!(is_below("a.co.uk", "co.uk") && is_below("co.uk", "co.uk") && is_below("x", "."));
        assert!(!is_below("aco.uk", "co.uk") && !is_below("uk", "co.uk"));
    }
}
