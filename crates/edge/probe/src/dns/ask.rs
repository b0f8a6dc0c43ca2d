//! Asking one DNS server one question, and resolving the address of a host.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use domain::base::Rtype;
use namekeep_model::{DomainName, Words, words};
use serde::Serialize;

use super::message::{self, Answer, Data, rcode};
use crate::error::ProbeError;
use crate::policy::Cleared;
use crate::tape::Via;
use crate::wire::{Call, Ends, Session};

/// Longest chain of aliases followed (no reference; resolvers stop between 8 and 16).
const MAX_ALIASES: usize = 8;
/// Most referrals followed for one address.
const MAX_REFERRALS: usize = 8;

/// Why a host has no address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum NoAddress {
    /// The domain it lies in is not registered: whoever registers it gives the host an address.
    NoSuchDomain {
        /// The domain.
        domain: String,
    },
    /// The name does not exist (RFC 8020), in a domain that does.
    NoSuchName,
    /// The name exists and has no address.
    Empty,
    /// Nobody could say.
    Failed {
        /// Why not.
        why: Words,
    },
}

impl NoAddress {
    /// Why, for people.
    pub fn says(&self) -> Words {
        match self {
            Self::NoSuchDomain { domain } => words!(en: "the domain {domain} does not exist", zh: "域名 {domain} 不存在"),
            Self::NoSuchName => words!(en: "the name does not exist", zh: "名称不存在"),
            Self::Empty => words!(en: "the name has no address record", zh: "名称没有地址记录"),
            Self::Failed { why } => why.clone(),
        }
    }
}

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl Session<'_> {
    /// Asks a server; a cut datagram is asked again over TCP, a refused OPT record without it.
    pub(crate) async fn ask(
        &self,
        to: Cleared,
        name: &str,
        rtype: Rtype,
        recursive: bool,
    ) -> Result<Answer, ProbeError> {
        let send = message::question(name, rtype, recursive, true)?;
        let answer = self.send(Via::Udp, to, &send).await?;
        if answer.truncated {
            return self.send(Via::DnsTcp, to, &send).await;
        }
        // RFC 6891 section 7: a server without EDNS says FORMERR or NOTIMP.
        if matches!(answer.rcode, rcode::FORMERR | rcode::NOTIMP) {
            let plain = message::question(name, rtype, recursive, false)?;
            let answer = self.send(Via::Udp, to, &plain).await?;
            if answer.truncated {
                return self.send(Via::DnsTcp, to, &plain).await;
            }
            return Ok(answer);
        }
        Ok(answer)
    }

    /// Asks a server over TCP at once.
    pub(crate) async fn ask_stream(&self, to: Cleared, name: &str, rtype: Rtype) -> Result<Answer, ProbeError> {
        let send = message::question(name, rtype, false, true)?;
        self.send(Via::DnsTcp, to, &send).await
    }

    async fn send(&self, via: Via, to: Cleared, send: &[u8]) -> Result<Answer, ProbeError> {
        let limit = usize::from(u16::MAX);
        let call = Call { via, to, name: None, send, ends: Ends::AtClose, limit, pace: Duration::ZERO };
        message::parse(&self.exchange(call).await?)
    }

    /// Asks the resolvers in turn, until one answers otherwise than with a failure.
    pub(crate) async fn ask_resolver(&self, name: &str, rtype: Rtype) -> Result<Answer, ProbeError> {
        let mut last = Err(ProbeError::NoResolver);
        for resolver in self.wire.resolvers.iter().take(3) {
            match self.ask(self.wire.policy.typed(*resolver), name, rtype, true).await {
                Ok(answer) if matches!(answer.rcode, rcode::NOERROR | rcode::NXDOMAIN) => return Ok(answer),
                other => last = other,
            }
        }
        last
    }

    /// Finds the addresses of a host, IPv4 first.
    pub(crate) async fn resolve(&self, host: &str) -> Result<Vec<IpAddr>, NoAddress> {
        let (v4, v6) = (self.resolve_one(host, Rtype::A).await, self.resolve_one(host, Rtype::AAAA).await);
        match (v4, v6) {
            (Ok(mut v4), Ok(v6)) => {
                v4.extend(v6);
                if v4.is_empty() { Err(NoAddress::Empty) } else { Ok(v4) }
            }
            (Ok(some), Err(_)) | (Err(_), Ok(some)) if !some.is_empty() => Ok(some),
            (Err(error), _) | (_, Err(error)) => Err(error),
        }
    }

    /// Tells apart a host missing in a domain and a domain that nobody holds.
    pub(crate) async fn whose_fault(&self, host: &str, why: NoAddress) -> NoAddress {
        let domain = match (&why, DomainName::parse(host)) {
            (NoAddress::NoSuchName, Ok(host)) => host.registry_registrable(),
            _ => None,
        };
        let Some(domain) = domain else { return why };
        match self.ask_resolver(domain.a_label(), Rtype::NS).await {
            Ok(answer) if answer.rcode == rcode::NXDOMAIN => {
                NoAddress::NoSuchDomain { domain: domain.a_label().to_owned() }
            }
            _ => why,
        }
    }

    async fn resolve_one(&self, host: &str, rtype: Rtype) -> Result<Vec<IpAddr>, NoAddress> {
        let failed = |error: ProbeError| NoAddress::Failed { why: error.says() };
        let mut wanted = host.to_owned();
        for _ in 0..MAX_ALIASES {
            let mut answer = self.ask_resolver(&wanted, rtype).await.map_err(failed)?;
            // A "resolver" that is an authoritative server only points the way: go down ourselves.
            for _ in 0..MAX_REFERRALS {
                let Some(zone) = answer.referral() else { break };
                let servers: Vec<IpAddr> = Answer::name_servers(&answer.authority, zone)
                    .iter()
                    .flat_map(|ns| Answer::addresses(&answer.additional, ns))
                    .collect();
                if servers.is_empty() {
                    return Err(NoAddress::Failed { why: words!(en: "the delegation of {zone} carries no address", zh: "{zone} 的委派中没有地址") });
                }
                answer = self.ask_any(&servers, &wanted, rtype).await.map_err(failed)?;
            }
            // Aliases inside the message are followed there (RFC 1034 section 3.6.2).
            let mut seen = 0;
            while let Some(target) = answer.answer.iter().find_map(|r| match &r.data {
                Data::Cname(target) if r.owner == wanted => Some(target.clone()),
                _ => None,
            }) {
                wanted = target;
                seen += 1;
                if seen > MAX_ALIASES {
                    return Err(NoAddress::Failed { why: words!(en: "the aliases lead in a circle", zh: "别名互相指向") });
                }
            }
            let found = Answer::addresses(&answer.answer, &wanted);
            let right = |ip: &IpAddr| ip.is_ipv4() == (rtype == Rtype::A);
            let found: Vec<IpAddr> = found.into_iter().filter(right).collect();
            match answer.rcode {
                rcode::NXDOMAIN => return Err(NoAddress::NoSuchName),
                rcode::NOERROR if !found.is_empty() || seen == 0 => return Ok(found),
                rcode::NOERROR if answer.soa_owner().is_some() => return Ok(Vec::new()),
                rcode::NOERROR => {}
                other => return Err(NoAddress::Failed { why: words!(en: "the resolver answered {}", zh: "解析器答复 {}", rcode_name(other)) }),
            }
        }
        Err(NoAddress::Failed { why: words!(en: "the chain of aliases is too long", zh: "别名链过长") })
    }

    /// Asks the first of some servers that answers.
    async fn ask_any(&self, servers: &[IpAddr], name: &str, rtype: Rtype) -> Result<Answer, ProbeError> {
        let mut last = Err(ProbeError::Unreachable);
        for ip in servers.iter().take(3) {
            last = match self.wire.policy.found(SocketAddr::new(*ip, self.wire.dns_port)) {
                Ok(to) => self.ask(to, name, rtype, false).await,
                Err(error) => Err(error),
            };
            if last.is_ok() {
                break;
            }
        }
        last
    }
}

/// The name of a response code (IANA DNS RCODEs).
pub(crate) fn rcode_name(code: u16) -> String {
    match code {
        0 => "NOERROR".to_owned(),
        1 => "FORMERR".to_owned(),
        2 => "SERVFAIL".to_owned(),
        3 => "NXDOMAIN".to_owned(),
        4 => "NOTIMP".to_owned(),
        5 => "REFUSED".to_owned(),
        9 => "NOTAUTH".to_owned(),
        other => format!("RCODE{other}"),
    }
}
