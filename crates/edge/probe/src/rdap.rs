//! RDAP over HTTP (RFC 7480, RFC 9082): one GET, redirects followed under the policy.
//!
//! It brings the document and its status code and reads neither: that is the work of
//! [`read::rdap`](crate::read). A 404 or 429 is an answer here, not an error.

use namekeep_model::{DomainName, Words, words};

use crate::Looked;
use crate::endpoint::{Endpoint, Host, Origin, Url};
use crate::error::{ProbeError, short};
use crate::http::{Response, get};
use crate::read::{self, Class, Note, ReadError, Reading};
use crate::tape::Via;
use crate::wire::{Call, Ends, Session, Wire};

/// Longest document fetched, in bytes. No reference: the largest seen are some 100 KiB.
pub const MAX_DOCUMENT: usize = 4 << 20;
/// Most redirects followed. No reference: a bootstrap service needs one or two.
const MAX_REDIRECTS: usize = 5;

/// The document a server sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdapDocument {
    /// The address that answered, after redirects.
    pub url: String,
    /// The HTTP status code.
    pub status: u16,
    /// The media type, as sent.
    pub media_type: Option<String>,
    /// When to come back, as sent (RFC 9110 section 10.2.3).
    pub retry_after: Option<String>,
    /// The document.
    pub body: Vec<u8>,
}

impl RdapDocument {
    /// Reads the document, weighed by the status code (RFC 7480 section 5).
    ///
    /// Only a 404 that comes as RDAP, or with nothing at all, means that no registration is known;
    /// a web page with that code may be any misled server. Nothing but a 200 can say `registered`.
    pub fn reading(&self, name: &DomainName) -> Result<Reading, ReadError> {
        let class = match self.status {
            200 => {
                let mut reading = read::rdap::parse(&self.body)?;
                reading.asked_for(name.a_label());
                return Ok(reading);
            }
            404 => Class::Available,
            429 => Class::Throttled,
            400 | 422 => Class::InvalidQuery,
            401 | 403 | 451 => Class::Refused,
            _ => Class::Unavailable,
        };
        let mut reading = match read::rdap::parse(&self.body) {
            Ok(reading) => reading,
            Err(_) => Reading::only(Class::Unavailable, "unknown", Note::ErrorCode(self.status)),
        };
        let note = Note::ErrorCode(self.status);
        if !reading.notes.contains(&note) {
            reading.notes.push(note);
        }
        let said_nothing = self.body.trim_ascii().is_empty();
        reading.class = match (class, reading.class) {
            // The words of the answer may know better why there is no registration to show.
            (Class::Available, said @ (Class::Reserved | Class::Blocked | Class::Premium | Class::Available)) => said,
            (Class::Available, Class::Unavailable) if !said_nothing => Class::Unavailable,
            (by_code, _) => by_code,
        };
        reading.asked_for(name.a_label());
        Ok(reading)
    }
}

/// Fetches what a server says of a name.
///
/// `base` is the address from the bootstrap (RFC 9224) or one the user typed; `origin` says which.
pub async fn look(wire: &Wire, name: &DomainName, base: &str, origin: Origin) -> Looked<RdapDocument> {
    let session = wire.session();
    let outcome = match base.parse::<Url>().and_then(|base| base.under(&format!("domain/{}", name.a_label()))) {
        Ok(url) => fetch(&session, url, origin).await,
        Err(error) => Err(error),
    };
    Looked { outcome, tape: session.into_tape() }
}

async fn fetch(session: &Session<'_>, first: Url, origin: Origin) -> Result<RdapDocument, ProbeError> {
    let mut url = first.clone();
    for _ in 0..=MAX_REDIRECTS {
        let same_host = url.host == first.host && url.port == first.port;
        // What the user typed stays typed on the same host and port, and nowhere else.
        let origin = if same_host { origin } else { Origin::Found };
        let response = ask(session, &url, origin).await?;
        let location = response.field("location").filter(|_| matches!(response.status, 301 | 302 | 303 | 307 | 308));
        let Some(location) = location else {
            return Ok(RdapDocument {
                url: url.to_string(),
                status: response.status,
                media_type: response.field("content-type").map(short),
                retry_after: response.field("retry-after").map(short),
                body: response.body,
            });
        };
        url = follow(&first, &url, location)?;
    }
    Err(ProbeError::BadRedirect {
        location: short(&url.to_string()),
        why: words!(en: "more than {MAX_REDIRECTS} in a row", zh: "连续超过 {MAX_REDIRECTS} 次"),
    })
}

/// Decides where a redirect leads, if it may be followed at all.
fn follow(first: &Url, from: &Url, location: &str) -> Result<Url, ProbeError> {
    let wrong = |why: Words| ProbeError::BadRedirect { location: short(location), why };
    let to = from.join(location).map_err(|error| match error {
        ProbeError::BadEndpoint { why, .. } => wrong(why),
        other => other,
    })?;
    if from.https && !to.https {
        return Err(wrong(words!(en: "it leaves TLS", zh: "将离开 TLS")));
    }
    let own = [first.port, if to.https { 443 } else { 80 }];
    if !own.contains(&to.port) {
        return Err(ProbeError::ForbiddenPort { host: to.host.to_string(), port: to.port });
    }
    Ok(to)
}

async fn ask(session: &Session<'_>, url: &Url, origin: Origin) -> Result<Response, ProbeError> {
    let endpoint = Endpoint { host: url.host.clone(), port: url.port, origin };
    let name = match &url.host {
        Host::Address(ip) => ip.to_string(),
        Host::Name(name) => name.clone(),
    };
    let send = get(url, "application/rdap+json, application/json;q=0.5");
    let pace = session.wire.limits.rdap_pace;
    let got = session
        .first_reachable(&endpoint, |to| Call {
            via: if url.https { Via::Tls } else { Via::Tcp },
            to,
            name: url.https.then_some(name.as_str()),
            send: &send,
            ends: Ends::AsHttpSays,
            limit: MAX_DOCUMENT,
            pace,
        })
        .await?;
    Response::parse(&got)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_code_weighs_more_than_the_document_and_only_rdap_says_available() {
        let name = DomainName::parse("a.example").unwrap();
        let class = |status: u16, body: &str| {
            let document =
                RdapDocument { url: String::new(), status, media_type: None, retry_after: None, body: body.into() };
            document.reading(&name).map_or(Class::Unknown, |reading| reading.class)
        };
        let registered = r#"{"objectClassName":"domain","ldhName":"a.example","status":["active"]}"#;
        for (status, body, expected) in [
            (200, registered, Class::Registered),
            (404, r#"{"errorCode":404,"title":"Not Found"}"#, Class::Available),
            (404, "", Class::Available),
            (404, "<html><title>404</title></html>", Class::Unavailable),
            (404, "nginx", Class::Unavailable),
            (404, registered, Class::Available),
            (429, "", Class::Throttled),
            (429, registered, Class::Throttled),
            (403, "<html>", Class::Refused),
            (400, "{}", Class::InvalidQuery),
            (500, registered, Class::Unavailable),
            (503, "", Class::Unavailable),
            (302, "", Class::Unavailable),
        ] {
            assert_eq!(class(status, body), expected, "{status} {body}");
        }
    }

    #[test]
    fn redirects_stay_on_the_ports_of_the_service_and_inside_tls() {
        let first: Url = "https://rdap.example:8443/v1/domain/a.example".parse().unwrap();
        let to = |location: &str| follow(&first, &first, location).map(|url| url.to_string());
        assert_eq!(to("/v2/x").unwrap(), "https://rdap.example:8443/v2/x");
        assert_eq!(to("b.example").unwrap(), "https://rdap.example:8443/v1/domain/b.example");
        assert_eq!(to("https://other.example/y").unwrap(), "https://other.example/y");
        assert_eq!(to("//other.example/y").unwrap(), "https://other.example/y");
        assert!(matches!(to("http://rdap.example:8443/x"), Err(ProbeError::BadRedirect { .. })));
        assert!(matches!(to("https://other.example:6379/"), Err(ProbeError::ForbiddenPort { port: 6379, .. })));
        for location in [
            "gopher://other.example/",
            "https://a@other.example/",
            "https://1.2.3/",
            "javascript:x",
            "https://0x7f.1/",
            "mailto:a",
        ] {
            assert!(matches!(to(location), Err(ProbeError::BadRedirect { .. })), "{location}");
        }
    }
}
