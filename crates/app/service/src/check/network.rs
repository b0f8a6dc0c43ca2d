//! From what a person typed to the one wire every look goes through.
//!
//! A typed service stands in place of the registry's own: where any was typed, no other is asked. A
//! replay takes resolver and instant from its tape, so that it asks what was asked and judges when
//! it was judged.

use std::net::SocketAddr;

use namekeep_model::{Timestamp, words};
use namekeep_probe::endpoint::{Endpoint, Host, Origin, Url};
use namekeep_probe::policy::Cidr;
use namekeep_probe::tape::Via;
use namekeep_probe::tls::trust::Roots;
use namekeep_probe::{DialPolicy, Limits, ProbeError, Tape, Wire, system};
use namekeep_rules::Rulebook;

use crate::{Exit, Failure};

/// What a person may choose about the network.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The resolver, `IP` or `IP:PORT`.
    pub resolver: Option<String>,
    /// The port asked at name servers.
    pub dns_port: u16,
    /// The RDAP service in place of the registry's.
    pub rdap_base: Option<String>,
    /// The WHOIS server in place of the registry's.
    pub whois_server: Option<String>,
    /// The port asked for certificates.
    pub tls_port: u16,
    /// Roots to trust in place of the public ones, as PEM.
    pub tls_roots: Option<Vec<u8>>,
    /// Networks that addresses found in answers may lie in.
    pub allow_net: Vec<String>,
    /// Every exchange is kept for a tape.
    pub record: bool,
    /// A tape to answer from.
    pub replay: Option<Vec<u8>>,
}

/// A service that can be asked about a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// RDAP, by the base address.
    Rdap(String, Origin),
    /// WHOIS, by the host.
    Whois(String, Origin),
}

/// The network as a check uses it.
#[derive(Debug)]
pub struct Network {
    pub(super) wire: Wire,
    pub(super) roots: Roots,
    pub(super) tls_port: u16,
    typed: Vec<Service>,
    record: bool,
    replay: bool,
    now: Timestamp,
}

impl Network {
    /// Reads the options at an instant; nothing is asked yet.
    pub fn new(options: &Options, now: Timestamp) -> Result<Self, Failure> {
        let tape = options.replay.as_deref().map(Tape::parse).transpose()?;
        // Whole seconds, so that a replay can find the instant in its tape again.
        let now = tape.as_ref().and_then(|tape| tape.exchanges.iter().map(|e| e.at).min()).unwrap_or(now);
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let resolvers = match (&options.resolver, &tape) {
            (Some(text), _) => vec![resolver(text)?],
            (None, Some(tape)) => asked_first(tape).into_iter().collect(),
            (None, None) => system::own_resolvers(),
        };
        let mut policy = DialPolicy::default();
        if options.resolver.is_some() || tape.is_some() {
            policy = resolvers.iter().fold(policy, |policy, resolver| policy.with_resolver(*resolver));
        }
        for text in &options.allow_net {
            policy = policy.allowing(text.parse::<Cidr>()?);
        }
        let roots = options.tls_roots.as_deref().map_or_else(|| Ok(Roots::public()), Roots::from_pem)?;
        let mut typed = Vec::new();
        if let Some(base) = &options.rdap_base {
            base.parse::<Url>()?;
            typed.push(Service::Rdap(base.clone(), Origin::Typed));
        }
        if let Some(server) = &options.whois_server {
            Endpoint::parse(server, namekeep_probe::whois::PORT, Origin::Typed)?;
            typed.push(Service::Whois(server.clone(), Origin::Typed));
        }
        let mut wire = Wire::new(policy, Limits::default(), resolvers, now)
            .with_dns_port(options.dns_port)
            .with_roots(roots.clone());
        let replay = tape.is_some();
        if let Some(tape) = tape {
            wire = wire.replaying(tape);
        }
        Ok(Self { wire, roots, tls_port: options.tls_port, typed, record: options.record, replay, now })
    }

    /// The instant every look speaks of, in whole seconds.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Answers come from a tape.
    pub const fn is_replay(&self) -> bool {
        self.replay
    }

    /// Exchanges are kept.
    pub(super) const fn records(&self) -> bool {
        self.record
    }

    /// Who can be asked about names under a suffix, in order.
    pub(super) fn services(&self, rules: &Rulebook, suffix: &str) -> Vec<Service> {
        if !self.typed.is_empty() {
            return self.typed.clone();
        }
        let Some(lookup) = rules.tlds().find(suffix).row().and_then(|row| row.lookup.as_ref()) else {
            return Vec::new();
        };
        let rdap = lookup.rdap.base.clone().map(|base| Service::Rdap(base, Origin::Found));
        let whois = lookup.whois.host.clone().map(|host| Service::Whois(host, Origin::Found));
        rdap.into_iter().chain(whois).collect()
    }
}

fn resolver(text: &str) -> Result<SocketAddr, Failure> {
    let endpoint = Endpoint::parse(text, 53, Origin::Typed)?;
    match endpoint.host {
        Host::Address(ip) => Ok(SocketAddr::new(ip, endpoint.port)),
        Host::Name(_) => {
            let shown: String = text.chars().filter(|c| !c.is_control()).take(80).collect();
            Err(ProbeError::BadEndpoint { text: shown, why: words!(en: "a resolver is given by its address", zh: "解析器须以地址给出") }.into())
        }
    }
}

/// The server the first question of a tape went to: every look begins at the resolver.
fn asked_first(tape: &Tape) -> Option<SocketAddr> {
    // The id is cleared on tapes; the third byte's lowest bit asks for recursion (RFC 1035 4.1.1).
    let recursive = |sent: &[u8]| sent.get(2).is_some_and(|flags| flags & 1 == 1);
    let dns = tape.exchanges.iter().find(|e| matches!(e.via, Via::Udp | Via::DnsTcp) && recursive(&e.sent));
    dns.map(|exchange| exchange.to)
}

impl From<ProbeError> for Failure {
    fn from(error: ProbeError) -> Self {
        let exit = match error {
            ProbeError::BadEndpoint { .. } | ProbeError::BadRoots { .. } | ProbeError::BadTape { .. } => Exit::Usage,
            ProbeError::TooLarge { .. } => Exit::File,
            _ => Exit::Network,
        };
        Self::new(error.code(), exit, error.says()).hint(error.hint())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(options: &Options) -> Result<Network, Failure> {
        Network::new(options, "2026-11-24T08:00:00.75Z".parse().unwrap())
    }

    #[test]
    fn a_typed_service_stands_in_place_of_the_registrys_own() {
        let rules = Rulebook::embedded().unwrap();
        let own = network(&Options::default()).unwrap().services(&rules, "com");
        assert!(
            matches!(own.first(), Some(Service::Rdap(base, Origin::Found)) if base.starts_with("https://")),
            "{own:?}"
        );
        assert!(own.iter().any(|service| matches!(service, Service::Whois(..))));
        let typed = Options { whois_server: Some("127.0.0.1:4343".to_owned()), ..Options::default() };
        let typed = network(&typed).unwrap().services(&rules, "com");
        assert_eq!(typed, [Service::Whois("127.0.0.1:4343".to_owned(), Origin::Typed)]);
    }

    #[test]
    fn what_cannot_be_used_is_told_before_anything_is_asked() {
        let text = |text: &str| Some(text.to_owned());
        for (options, code) in [
            (Options { resolver: text("resolver.example"), ..Options::default() }, "E1503"),
            (Options { resolver: text("127.0.0.1:0"), ..Options::default() }, "E1503"),
            (Options { rdap_base: text("ftp://127.0.0.1/"), ..Options::default() }, "E1503"),
            (Options { whois_server: text("a b"), ..Options::default() }, "E1503"),
            (Options { allow_net: vec!["10.0.0.1/8".to_owned()], ..Options::default() }, "E1503"),
            (Options { tls_roots: Some(b"no PEM".to_vec()), ..Options::default() }, "E1516"),
            (Options { replay: Some(b"{}".to_vec()), ..Options::default() }, "E1514"),
        ] {
            let failure = network(&options).map(|_| ()).unwrap_err();
            assert_eq!((failure.code, failure.exit), (code, Exit::Usage), "{options:?}");
        }
        let now = network(&Options { resolver: text("127.0.0.1"), ..Options::default() }).unwrap().now();
        assert_eq!(now.to_string(), "2026-11-24T08:00:00Z");
    }
}
