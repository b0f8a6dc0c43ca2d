//! WHOIS (RFC 3912): a line out, bytes in until the server closes, one referral at most.
//!
//! The bytes are brought as they came; encodings and grammars are the work of
//! [`read::whois`](crate::read). Where a server wants its question in a form of its own, the table
//! below knows it.

use namekeep_model::DomainName;

use crate::Looked;
use crate::endpoint::{Endpoint, Host, Origin};
use crate::error::ProbeError;
use crate::read::{self, ReadError, Reading};
use crate::tape::Via;
use crate::wire::{Call, Ends, Session, Wire};

/// Longest answer read, in bytes. No reference: answers are some 10 KiB.
pub const MAX_ANSWER: usize = 1 << 20;
/// The port of the protocol (RFC 3912 section 2).
pub const PORT: u16 = 43;

/// Servers that take the name with words around it: host, text before, text after.
///
/// DENIC answers in full, and to A-labels, only with its own flags; JPRS answers in English with
/// `/e`; Verisign searches hosts and registrars too unless told `domain`. As the common clients do.
const QUESTIONS: [(&str, &str, &str); 5] = [
    ("whois.denic.de", "-T dn,ace ", ""),
    ("whois.jprs.jp", "", "/e"),
    ("whois.verisign-grs.com", "domain ", ""),
    ("whois.crsnic.net", "domain ", ""),
    ("whois.nic.name", "domain=", ""),
];

/// What one server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoisAnswer {
    /// The host that answered.
    pub server: String,
    /// The line that was sent, without its end.
    pub question: String,
    /// The bytes that came.
    pub bytes: Vec<u8>,
}

/// What the registry said, and what the server it referred to said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhoisAnswers {
    /// The first server's answer.
    pub first: WhoisAnswer,
    /// The answer of the server it referred to, where it named one.
    pub referred: Option<Result<WhoisAnswer, ProbeError>>,
}

impl WhoisAnswer {
    /// Reads the answer with the grammar of its server.
    pub fn reading(&self, name: &DomainName) -> Result<Reading, ReadError> {
        read::whois::parse(&self.bytes, Some(&self.server), Some(name.a_label()))
    }

    /// Finds the server the answer refers to.
    pub fn referral(&self, name: &DomainName) -> Option<String> {
        self.reading(name).ok()?.referral
    }
}

/// Asks a server, and the one it refers to.
///
/// `refers` finds the referral in an answer: [`WhoisAnswer::referral`] as a rule, `|_| None` to ask
/// one server only. `server` is `HOST` or `HOST:PORT`, from the rule table or typed by the user; `origin` says which.
pub async fn look(
    wire: &Wire,
    name: &DomainName,
    server: &str,
    origin: Origin,
    refers: impl Fn(&WhoisAnswer) -> Option<String>,
) -> Looked<WhoisAnswers> {
    let session = wire.session();
    let outcome = match Endpoint::parse(server, PORT, origin) {
        Ok(endpoint) => both(&session, name, &endpoint, refers).await,
        Err(error) => Err(error),
    };
    Looked { outcome, tape: session.into_tape() }
}

async fn both(
    session: &Session<'_>,
    name: &DomainName,
    endpoint: &Endpoint,
    refers: impl Fn(&WhoisAnswer) -> Option<String>,
) -> Result<WhoisAnswers, ProbeError> {
    let first = ask(session, name, endpoint).await?;
    let referred = match refers(&first).map(|text| referral(&text, endpoint)) {
        Some(Ok(next)) if next.host == endpoint.host => None,
        Some(Ok(next)) => Some(ask(session, name, &next).await),
        Some(Err(error)) => Some(Err(error)),
        None => None,
    };
    Ok(WhoisAnswers { first, referred })
}

/// Reads a referral (`HOST`, `HOST:PORT`, `whois://HOST`); a strange port is not dialled.
fn referral(text: &str, from: &Endpoint) -> Result<Endpoint, ProbeError> {
    let text = text.trim();
    let text = text.strip_prefix("whois://").or_else(|| text.strip_prefix("rwhois://")).unwrap_or(text);
    let next = Endpoint::parse(text.trim_end_matches('/'), PORT, Origin::Found)?;
    if next.port != PORT && next.port != from.port {
        return Err(ProbeError::ForbiddenPort { host: next.host.to_string(), port: next.port });
    }
    Ok(next)
}

async fn ask(session: &Session<'_>, name: &DomainName, endpoint: &Endpoint) -> Result<WhoisAnswer, ProbeError> {
    let question = question(&endpoint.host, name);
    let send = format!("{question}\r\n").into_bytes();
    let pace = session.wire.limits.whois_pace;
    let bytes = session
        .first_reachable(endpoint, |to| Call {
            via: Via::Tcp,
            to,
            name: None,
            send: &send,
            ends: Ends::AtClose,
            limit: MAX_ANSWER,
            pace,
        })
        .await?;
    Ok(WhoisAnswer { server: endpoint.host.to_string(), question, bytes })
}

fn question(server: &Host, name: &DomainName) -> String {
    let own = match server {
        Host::Name(host) => QUESTIONS.iter().find(|(known, ..)| known == host),
        Host::Address(_) => None,
    };
    own.map_or_else(|| name.a_label().to_owned(), |(_, before, after)| format!("{before}{}{after}", name.a_label()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_get_the_question_in_their_own_form() {
        let name = DomainName::parse("bücher.example").unwrap();
        let ask = |host: &str| question(&Endpoint::parse(host, 43, Origin::Found).unwrap().host, &name);
        assert_eq!(ask("whois.denic.de"), "-T dn,ace xn--bcher-kva.example");
        assert_eq!(ask("WHOIS.JPRS.JP"), "xn--bcher-kva.example/e");
        assert_eq!(ask("whois.nic.example"), "xn--bcher-kva.example");
        assert_eq!(ask("192.0.2.1:4343"), "xn--bcher-kva.example");
    }

    #[test]
    fn referrals_keep_to_the_port_of_the_service() {
        let from = Endpoint::parse("127.0.0.1:4343", 43, Origin::Typed).unwrap();
        for (text, port) in
            [("whois.a.example", 43), ("whois://whois.a.example/", 43), (" whois.a.example:4343 ", 4343)]
        {
            assert_eq!(referral(text, &from).map(|e| (e.port, e.origin)), Ok((port, Origin::Found)), "{text}");
        }
        assert!(matches!(referral("whois.a.example:25", &from), Err(ProbeError::ForbiddenPort { .. })));
        for text in ["", "https://a.example/", "a b", "whois.a.example\r\nx"] {
            assert!(matches!(referral(text, &from), Err(ProbeError::BadEndpoint { .. })), "{text}");
        }
    }
}
