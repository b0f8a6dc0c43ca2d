//! The DNS look: how the parent delegates a name, and what each of its name servers says.
//!
//! ```text
//!  resolver ──> the zone above ──> its servers, asked directly ──> NS + glue, DS
//!                                                                     │
//!                      each name server, at each address, on its own <┘
//!                      SOA (authoritative or not) ─> NS, A, AAAA, MX, CAA, DNSKEY
//! ```
//!
//! Nothing is cached and no server answers for another. It does not validate signatures, and it
//! does not judge: levels and words are the work of check-point T3. From one place it sees what
//! that place is shown.

pub(crate) mod ask;
mod child;
pub(crate) mod message;
mod parent;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use namekeep_model::DomainName;
use serde::Serialize;

pub use ask::NoAddress;

use crate::Looked;
use crate::error::ProbeError;
use crate::wire::Wire;

/// A name server and the addresses the parent gave with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameServer {
    /// The host.
    pub host: String,
    /// Glue (RFC 9471): addresses in the referral itself.
    pub glue: Vec<IpAddr>,
}

/// A delegation signer record at the parent, or the mark of a key at the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct KeyMark {
    /// The key tag (RFC 4034 appendix B).
    pub key_tag: u16,
    /// The algorithm.
    pub algorithm: u8,
}

/// What the zone above says of the name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "says", rename_all = "kebab-case")]
pub enum ParentSays {
    /// It refers to these name servers.
    Delegated {
        /// The servers, by name.
        servers: Vec<NameServer>,
    },
    /// The referral cannot be seen: the server asked holds the name's own zone too, or no zone above
    /// could be found.
    HoldsTheZone {
        /// The servers that the zone itself names.
        servers: Vec<NameServer>,
    },
    /// The name does not exist.
    NoSuchName,
    /// The name exists in the zone above and is not delegated.
    NotDelegated,
}

/// The delegation as the zone above shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Parent {
    /// The zone above; empty when none could be found.
    pub zone: String,
    /// What it says.
    #[serde(flatten)]
    pub says: ParentSays,
    /// DS records, when they could be read.
    pub ds: Result<Vec<KeyMark>, ProbeError>,
    /// Servers of the zone above that say something else, with the name servers they give.
    pub dissent: Vec<(IpAddr, BTreeSet<String>)>,
}

/// What an authoritative server says at the top of the zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Apex {
    /// The serial of the SOA record.
    pub serial: u32,
    /// The primary server of the SOA record.
    pub primary: String,
    /// The NS records.
    pub ns: BTreeSet<String>,
    /// A and AAAA records.
    pub addresses: BTreeSet<IpAddr>,
    /// MX records: preference and host.
    pub mx: BTreeSet<(u16, String)>,
    /// CAA records: flags, tag and value (RFC 8659).
    pub caa: BTreeSet<(u8, String, String)>,
    /// The zone's keys.
    pub keys: BTreeSet<KeyMark>,
    /// The largest TTL seen at the top of the zone, in seconds.
    pub ttl_max: u32,
    /// Record types whose question failed, and why.
    pub failed: BTreeMap<String, String>,
}

/// What one name server did when asked for the zone's SOA record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ServerOutcome {
    /// It serves the zone.
    Serves(Box<Apex>),
    /// It answers and does not serve the zone: lame (RFC 8499).
    Lame {
        /// What it said.
        said: String,
    },
    /// It does not answer.
    Silent {
        /// The failure.
        error: ProbeError,
    },
    /// It could not be asked from here.
    NotAsked {
        /// Why not.
        error: ProbeError,
    },
}

/// One name server at one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServerAnswer {
    /// Its name.
    pub host: String,
    /// Its address.
    pub address: IpAddr,
    /// What it did.
    pub outcome: ServerOutcome,
}

/// What a DNS look brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DnsLook {
    /// The delegation.
    pub parent: Parent,
    /// Name servers without an address.
    pub unresolved: BTreeMap<String, NoAddress>,
    /// Every name server at every address.
    pub servers: Vec<ServerAnswer>,
}

/// What does not agree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Consistency {
    /// In the delegation and not in the zone.
    pub only_parent: BTreeSet<String>,
    /// In the zone and not in the delegation.
    pub only_child: BTreeSet<String>,
    /// The serials seen, with the servers that gave them.
    pub serials: BTreeMap<u32, BTreeSet<String>>,
    /// Name servers below the name for which the delegation carries no address.
    pub missing_glue: BTreeSet<String>,
}

impl DnsLook {
    /// The name servers of the delegation.
    pub fn delegated(&self) -> &[NameServer] {
        match &self.parent.says {
            ParentSays::Delegated { servers } | ParentSays::HoldsTheZone { servers } => servers,
            ParentSays::NoSuchName | ParentSays::NotDelegated => &[],
        }
    }

    /// What the servers that serve the zone say.
    pub fn apexes(&self) -> impl Iterator<Item = (&ServerAnswer, &Apex)> {
        self.servers.iter().filter_map(|server| match &server.outcome {
            ServerOutcome::Serves(apex) => Some((server, &**apex)),
            _ => None,
        })
    }

    /// The addresses of the name itself, over all servers.
    pub fn addresses(&self) -> BTreeSet<IpAddr> {
        self.apexes().flat_map(|(_, apex)| apex.addresses.iter().copied()).collect()
    }

    /// Compares parent and child, and the servers with each other.
    pub fn consistency(&self, name: &DomainName) -> Consistency {
        let parent: BTreeSet<String> = self.delegated().iter().map(|server| server.host.clone()).collect();
        let child: BTreeSet<String> = self.apexes().flat_map(|(_, apex)| apex.ns.iter().cloned()).collect();
        let mut found = Consistency::default();
        if !child.is_empty() {
            found.only_parent = parent.difference(&child).cloned().collect();
            found.only_child = child.difference(&parent).cloned().collect();
        }
        for (server, apex) in self.apexes() {
            found.serials.entry(apex.serial).or_default().insert(server.host.clone());
        }
        if let ParentSays::Delegated { servers } = &self.parent.says {
            let bare = servers.iter().filter(|server| server.glue.is_empty() && is_below(&server.host, name.a_label()));
            found.missing_glue = bare.map(|server| server.host.clone()).collect();
        }
        found
    }
}

/// Tells whether a host is the zone's own name or lies below it.
fn is_below(host: &str, zone: &str) -> bool {
    zone == "." || host.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// Looks at the delegation of a name and at every name server of it.
///
/// An error means that the zone above could not be asked; everything else is a finding inside.
pub async fn look(wire: &Wire, name: &DomainName) -> Looked<DnsLook> {
    let session = wire.session();
    let outcome = match parent::look(&session, name.a_label()).await {
        Ok(parent) => Ok(child::look(&session, name.a_label(), parent).await),
        Err(error) => Err(error),
    };
    Looked { outcome, tape: session.into_tape() }
}

/// Finds the addresses of a name through the resolver, where its own servers cannot be asked.
pub async fn addresses(wire: &Wire, name: &DomainName) -> Looked<Vec<IpAddr>> {
    let session = wire.session();
    let outcome = match session.resolve(name.a_label()).await {
        Ok(found) => Ok(found),
        Err(NoAddress::Failed { why }) => Err(ProbeError::NotResolved { host: name.a_label().to_owned(), why }),
        Err(_) => Ok(Vec::new()),
    };
    Looked { outcome, tape: session.into_tape() }
}
