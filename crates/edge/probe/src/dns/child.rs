//! Every name server of a delegation, asked at every address on its own.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};

use domain::base::Rtype;

use super::ask::rcode_name;
use super::message::{Answer, Data, Record, rcode};
use super::{Apex, DnsLook, KeyMark, Parent, ParentSays, ServerAnswer, ServerOutcome};
use crate::error::ProbeError;
use crate::policy::Cleared;
use crate::wire::{Session, all};

/// Most name servers and most addresses asked (no reference; ICANN asks for 2 to 13 servers).
const MAX_HOSTS: usize = 16;
const MAX_ADDRESSES: usize = 24;

/// Asks the servers of the delegation, then those that only the zone itself names.
pub(super) async fn look(session: &Session<'_>, name: &str, parent: Parent) -> DnsLook {
    let mut look = DnsLook { parent, unresolved: BTreeMap::new(), servers: Vec::new() };
    let mut known: BTreeMap<String, Vec<IpAddr>> =
        look.delegated().iter().take(MAX_HOSTS).map(|server| (server.host.clone(), server.glue.clone())).collect();
    let mut round: Vec<String> = known.keys().cloned().collect();
    for _ in 0..2 {
        ask_round(session, name, &known, &round, &mut look).await;
        let named: BTreeSet<String> = look.apexes().flat_map(|(_, apex)| apex.ns.iter().cloned()).collect();
        round = named
            .into_iter()
            .filter(|host| !known.contains_key(host))
            .take(MAX_HOSTS.saturating_sub(known.len()))
            .collect();
        known.extend(round.iter().map(|host| (host.clone(), Vec::new())));
        if round.is_empty() {
            break;
        }
    }
    look
}

async fn ask_round(
    session: &Session<'_>,
    name: &str,
    known: &BTreeMap<String, Vec<IpAddr>>,
    round: &[String],
    look: &mut DnsLook,
) {
    // Glue of hosts outside the name is not the parent's to give: the resolver knows better.
    let trusted = |host: &str| matches!(look.parent.says, ParentSays::Delegated { .. }) && super::is_below(host, name);
    let resolved = all(round.iter().map(async |host| {
        let glue = known.get(host).filter(|glue| !glue.is_empty());
        match glue {
            Some(glue) if trusted(host) => Ok(glue.clone()),
            _ => match (session.resolve(host).await, glue) {
                (Err(super::NoAddress::Failed { .. }), Some(glue)) => Ok(glue.clone()),
                (Err(why), _) => Err(session.whose_fault(host, why).await),
                (Ok(resolved), _) => Ok(resolved),
            },
        }
    }))
    .await;
    let mut targets = Vec::new();
    for (host, addresses) in round.iter().zip(resolved) {
        match addresses {
            Ok(addresses) => targets.extend(addresses.into_iter().map(|ip| (host.clone(), ip))),
            Err(why) => {
                look.unresolved.insert(host.clone(), why);
            }
        }
    }
    targets.truncate(MAX_ADDRESSES.saturating_sub(look.servers.len()));
    let answers = all(targets.into_iter().map(async |(host, address)| {
        let outcome = match session.wire.policy.found(SocketAddr::new(address, session.wire.dns_port)) {
            Ok(to) => ask_server(session, to, name).await,
            Err(error) => ServerOutcome::NotAsked { error },
        };
        ServerAnswer { host, address, outcome }
    }))
    .await;
    look.servers.extend(answers);
}

/// Asks one server: first whether it serves the zone, then what stands at its top.
async fn ask_server(session: &Session<'_>, to: Cleared, name: &str) -> ServerOutcome {
    let answer = match session.ask(to, name, Rtype::SOA, false).await {
        Ok(answer) => answer,
        Err(error @ ProbeError::Malformed { .. }) => return ServerOutcome::Lame { said: error.to_string() },
        Err(error) if error.is_ours() => return ServerOutcome::NotAsked { error },
        Err(error) => return ServerOutcome::Silent { error },
    };
    let soa = answer.answer.iter().find_map(|r| match &r.data {
        Data::Soa { mname, serial } if r.owner == name => Some((mname.clone(), *serial)),
        _ => None,
    });
    let (primary, serial) = match soa {
        Some(soa) if answer.authoritative && answer.rcode == rcode::NOERROR => soa,
        _ => return ServerOutcome::Lame { said: lame(&answer) },
    };
    let mut apex = Apex { serial, primary, ..Apex::default() };
    for rtype in [Rtype::NS, Rtype::A, Rtype::AAAA, Rtype::MX, Rtype::CAA, Rtype::DNSKEY] {
        match session.ask(to, name, rtype, false).await {
            Ok(answer) if answer.rcode == rcode::NOERROR => {
                answer.answer.iter().filter(|r| r.owner == name).for_each(|r| take(&mut apex, r));
            }
            Ok(answer) => {
                apex.failed.insert(rtype.to_string(), rcode_name(answer.rcode));
            }
            Err(error) => {
                apex.failed.insert(rtype.to_string(), error.to_string());
            }
        }
    }
    ServerOutcome::Serves(Box::new(apex))
}

/// Says in one line what a server answered instead of serving the zone.
fn lame(answer: &Answer) -> String {
    match answer.rcode {
        rcode::NOERROR if answer.referral().is_some() => "a referral to another zone".to_owned(),
        rcode::NOERROR if answer.authoritative => "no SOA record at the name".to_owned(),
        rcode::NOERROR => "an answer without authority".to_owned(),
        code => rcode_name(code),
    }
}

fn take(apex: &mut Apex, record: &Record) {
    apex.ttl_max = apex.ttl_max.max(record.ttl);
    match &record.data {
        Data::Ns(host) => {
            apex.ns.insert(host.clone());
        }
        Data::Address(ip) => {
            apex.addresses.insert(*ip);
        }
        Data::Mx { preference, exchange } => {
            apex.mx.insert((*preference, exchange.clone()));
        }
        Data::Caa { flags, tag, value } => {
            apex.caa.insert((*flags, tag.clone(), value.clone()));
        }
        Data::Dnskey { key_tag, algorithm } => {
            apex.keys.insert(KeyMark { key_tag: *key_tag, algorithm: *algorithm });
        }
        Data::Cname(_) | Data::Soa { .. } | Data::Ds { .. } | Data::Other(_) => {}
    }
}
