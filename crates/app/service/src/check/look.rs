//! One look at one name: the registration, the delegation, the certificates.
//!
//! The registry is asked by RDAP, else by WHOIS; an answer about the service ("too many questions")
//! or about another name is no answer about the name. Nothing is judged here.

use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;

use namekeep_model::{DomainName, Source, Text, Words, words};
use namekeep_probe::dns::{self, DnsLook};
use namekeep_probe::error::ProbeError;
use namekeep_probe::read::{Class, Note, Reading};
use namekeep_probe::tls::{self, TlsAnswer};
use namekeep_probe::whois::{self, WhoisAnswer};
use namekeep_probe::{Tape, rdap, side_by_side};
use namekeep_rules::Rulebook;

use super::network::{Network, Service};

/// What a registry said of a name.
#[derive(Clone, Debug)]
pub(super) struct Registration {
    /// By which protocol.
    pub(super) source: Source,
    /// What was read.
    pub(super) reading: Reading,
    /// What the registrar's own server said, where the registry pointed to it.
    pub(super) registrar: Option<Reading>,
}

/// Everything one look at a name brought.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    /// The registration, or why it was not seen, in one line.
    pub(super) registry: Result<Registration, Words>,
    /// The delegation.
    pub(super) dns: Result<DnsLook, ProbeError>,
    /// What each address showed, or why no address is known, in one line.
    pub(super) tls: Result<Vec<TlsAnswer>, Words>,
    /// The exchanges with registry, name servers and addresses.
    pub(super) registry_tape: Tape,
    pub(super) dns_tape: Tape,
    pub(super) tls_tape: Tape,
}

impl Seen {
    /// Tells whether any source answered.
    pub(super) fn any(&self) -> bool {
        let handshake = self.tls.as_ref().is_ok_and(|answers| answers.iter().any(|answer| answer.shown.is_ok()));
        self.registry.is_ok() || self.dns.is_ok() || handshake
    }

    /// Counts the questions asked.
    pub(super) fn questions(&self) -> usize {
        self.tapes().iter().map(|tape| tape.exchanges.len()).sum()
    }

    /// Every exchange.
    pub(super) fn whole_tape(&self) -> Tape {
        let mut whole = Tape::default();
        for tape in self.tapes() {
            whole.append(tape.clone());
        }
        whole
    }

    pub(super) fn tapes(&self) -> [&Tape; 3] {
        [&self.registry_tape, &self.dns_tape, &self.tls_tape]
    }

    /// Who answered for the registration and what, in one line.
    pub(super) fn registry_said(&self) -> Words {
        match &self.registry {
            Ok(said) => {
                let (source, class) = (said.source.text(), said.reading.class.word());
                Words { en: format!("{}: {class}", source.en), zh: format!("{}：{class}", source.zh) }
            }
            Err(why) => why.clone(),
        }
    }
}

/// One half of a look, on its way.
type Half<'a> = Pin<Box<dyn Future<Output = Part> + 'a>>;

#[expect(clippy::large_enum_variant, reason = "one of each lives for one look")]
enum Part {
    Registry(Box<Result<Registration, Words>>, Tape),
    Servers(Result<DnsLook, ProbeError>, Tape, Result<Vec<TlsAnswer>, Words>, Tape),
}

/// Looks at a name: the registry on one side, servers and certificates on the other.
pub(super) async fn look(network: &Network, rules: &Rulebook, name: &DomainName) -> Seen {
    let parts: [Half<'_>; 2] = [
        Box::pin(async {
            let (said, tape) = registry(network, rules, name).await;
            Part::Registry(Box::new(said), tape)
        }),
        Box::pin(async {
            let looked = dns::look(&network.wire, name).await;
            let (found, tape) = certificates(network, name, &looked.outcome).await;
            Part::Servers(looked.outcome, looked.tape, found, tape)
        }),
    ];
    let mut seen = Seen {
        registry: Err(Words::default()),
        dns: Err(ProbeError::NoResolver),
        tls: Err(Words::default()),
        registry_tape: Tape::default(),
        dns_tape: Tape::default(),
        tls_tape: Tape::default(),
    };
    for part in side_by_side(2, parts).await {
        match part {
            Part::Registry(said, tape) => (seen.registry, seen.registry_tape) = (*said, tape),
            Part::Servers(dns, dns_tape, tls, tls_tape) => {
                (seen.dns, seen.dns_tape, seen.tls, seen.tls_tape) = (dns, dns_tape, tls, tls_tape);
            }
        }
    }
    seen
}

/// Asks about the registration that holds the name.
async fn registry(network: &Network, rules: &Rulebook, name: &DomainName) -> (Result<Registration, Words>, Tape) {
    let mut tape = Tape::default();
    let Some(held) = name.registry_registrable() else {
        let name = name.a_label();
        return (Err(words!(en: "{name} is itself a registry's suffix", zh: "{name} 本身是注册局后缀")), tape);
    };
    let suffix = held.registry_suffix();
    let mut whys = Vec::new();
    for service in network.services(rules, suffix) {
        let said = match &service {
            Service::Rdap(base, origin) => {
                let looked = rdap::look(&network.wire, &held, base, *origin).await;
                tape.append(looked.tape);
                let reading = looked.outcome.map_err(|e| e.says());
                let reading = reading.and_then(|document| document.reading(&held).map_err(|e| e.says()));
                reading.map(|reading| Registration { source: Source::Rdap, reading, registrar: None })
            }
            Service::Whois(server, origin) => {
                let refers = |answer: &WhoisAnswer| answer.referral(&held);
                let looked = whois::look(&network.wire, &held, server, *origin, refers).await;
                tape.append(looked.tape);
                looked.outcome.map_err(|e| e.says()).and_then(|answers| {
                    let referred = answers.referred.and_then(Result::ok);
                    let registrar = referred.and_then(|answer| answer.reading(&held).ok());
                    let reading = answers.first.reading(&held).map_err(|e| e.says())?;
                    Ok(Registration { source: Source::Whois, reading, registrar })
                })
            }
        };
        let word = if matches!(service, Service::Rdap(..)) { "RDAP" } else { "WHOIS" };
        match said.and_then(|said| about(said, &held)) {
            Ok(said) => return (Ok(said), tape),
            Err(why) => whys.push(why.behind(words!(en: "{word}: ", zh: "{word}："))),
        }
    }
    if whys.is_empty() {
        whys.push(words!(en: "no RDAP or WHOIS service is known for .{suffix}", zh: "没有已知的 .{suffix} RDAP 或 WHOIS 服务"));
    }
    let joined = |pick: fn(&Words) -> &str, comma: &str| whys.iter().map(pick).collect::<Vec<_>>().join(comma);
    (Err(Words { en: joined(|why| &why.en, "; "), zh: joined(|why| &why.zh, "；") }), tape)
}

/// Lets an answer through that is about the name.
fn about(said: Registration, name: &DomainName) -> Result<Registration, Words> {
    let reading = &said.reading;
    if reading.class.is_about_the_service() {
        return Err(words!(en: "the source answered: {}", zh: "来源答复：{}", reading.class.word()));
    }
    let bundled = reading.variants.iter().any(|variant| variant == name.a_label());
    for note in &reading.notes {
        if let Note::OtherName { found, .. } = note
            && !bundled
        {
            return Err(words!(en: "the answer is about {found}", zh: "答复的是另一个域名 {found}"));
        }
    }
    if reading.class == Class::Unknown && reading.expires.is_none() && reading.statuses.is_empty() {
        return Err(Text::new("the answer says nothing of the registration", "答复未提及注册情况").into());
    }
    Ok(said)
}

/// Shakes hands with every address of the name.
async fn certificates(
    network: &Network,
    name: &DomainName,
    dns: &Result<DnsLook, ProbeError>,
) -> (Result<Vec<TlsAnswer>, Words>, Tape) {
    let mut tape = Tape::default();
    let own: Vec<IpAddr> = dns.as_ref().map(|look| look.addresses().into_iter().collect()).unwrap_or_default();
    let served = dns.as_ref().is_ok_and(|look| look.apexes().next().is_some());
    let addresses = if own.is_empty() && !served {
        // The name has no zone of its own, or its servers could not be asked: the resolver may know.
        let looked = dns::addresses(&network.wire, name).await;
        tape.append(looked.tape);
        match looked.outcome {
            Ok(found) => found,
            // That it is this name's address is said already.
            Err(ProbeError::NotResolved { why, .. }) => return (Err(why), tape),
            Err(error) => return (Err(error.says()), tape),
        }
    } else {
        own
    };
    let looked = tls::look(&network.wire, name, &addresses, network.tls_port).await;
    tape.append(looked.tape);
    (looked.outcome.map_err(|e| e.says()), tape)
}
