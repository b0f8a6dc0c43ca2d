//! Hosts, ports and URLs, read strictly.
//!
//! The many spellings of an address that browsers repair (`http://2130706433/`, `0x7f.1`,
//! `127.1`, user information, percent signs, back-slashes) are refused instead: what is checked
//! must be what is dialled. Host names are those of RFC 1123 with underscores.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use namekeep_model::Text;

use crate::error::{ProbeError, short};

/// Longest URL read, in bytes (RFC 9110 section 4.1 asks for 8,000 at least).
const MAX_URL: usize = 8_000;

/// A host: an address, or a name that has to be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An address.
    Address(IpAddr),
    /// A name, in lower case, without a final dot.
    Name(String),
}

impl Host {
    /// Reads a host as written in a URL (`[::1]` in brackets).
    fn parse(text: &str) -> Result<Self, Text> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or(Text::new("a bracket is not closed", "方括号未闭合"))?;
            return inner
                .parse::<Ipv6Addr>()
                .map(|ip| Self::Address(ip.into()))
                .map_err(|_| Text::new("not an IPv6 address", "不是 IPv6 地址"));
        }
        if let Ok(ip) = text.parse::<Ipv4Addr>() {
            return Ok(Self::Address(ip.into()));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let label_fits = |label: &str| {
            (1..=63).contains(&label.len())
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        if name.len() > 253 || !name.split('.').all(label_fits) {
            return Err(Text::new("not a host name", "不是主机名"));
        }
        // A last label that looks like a number would be an address to some readers.
        let last = name.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|b| b.is_ascii_digit()) || last.starts_with("0x") {
            return Err(Text::new("not an address in its normal spelling", "不是规范写法的地址"));
        }
        Ok(Self::Name(name))
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(IpAddr::V6(ip)) => write!(f, "[{ip}]"),
            Self::Address(ip) => ip.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Who named an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The user, on the command line or in a file of their own.
    Typed,
    /// An answer, or a table that ships with the product.
    Found,
}

/// A host and a port, and who named them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// The host.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// Who named it.
    pub origin: Origin,
}

impl Endpoint {
    /// Reads `HOST`, `HOST:PORT` or `[V6]:PORT`.
    pub fn parse(text: &str, default_port: u16, origin: Origin) -> Result<Self, ProbeError> {
        let wrong = |why: Text| ProbeError::BadEndpoint { text: short(text), why: why.into() };
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Ok(Self { host: Host::Address(ip), port: default_port, origin });
        }
        let (host, port) = split_port(text).map_err(wrong)?;
        Ok(Self { host: Host::parse(host).map_err(wrong)?, port: port.unwrap_or(default_port), origin })
    }

    /// Makes the endpoint of a known address.
    pub const fn at(address: SocketAddr, origin: Origin) -> Self {
        Self { host: Host::Address(address.ip()), port: address.port(), origin }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// Splits a port off a host; the colons of a bracketed IPv6 address stay with it.
fn split_port(text: &str) -> Result<(&str, Option<u16>), Text> {
    let after = text.rfind(']').map_or(0, |at| at + 1);
    let Some(colon) = text.get(after..).and_then(|rest| rest.find(':')).map(|at| after + at) else {
        return Ok((text, None));
    };
    let (host, port) = text.split_at(colon);
    let digits = port.get(1..).unwrap_or_default();
    let fits = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    let port = digits.parse::<u16>().ok().filter(|port| fits && *port != 0);
    port.map(|port| (host, Some(port))).ok_or_else(|| Text::new("not a port", "不是端口"))
}

/// An `http` or `https` address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Url {
    /// Whether TLS is used.
    pub https: bool,
    /// The host.
    pub host: Host,
    /// The port.
    pub port: u16,
    /// Path and query, starting with `/`.
    pub path: String,
}

impl Url {
    /// Takes a location relative to this address (RFC 3986 section 5.2, without dot segments).
    pub fn join(&self, location: &str) -> Result<Self, ProbeError> {
        let scheme = if self.https { "https" } else { "http" };
        let authority = format!("{scheme}://{}:{}", self.host, self.port);
        // A scheme ends at the first colon that stands before any slash, question mark or hash.
        let has_scheme =
            location.find([':', '/', '?', '#']).is_some_and(|at| location.as_bytes().get(at) == Some(&b':'));
        if has_scheme {
            return location.parse();
        }
        if location.starts_with("//") {
            return format!("{scheme}:{location}").parse();
        }
        if location.starts_with('/') {
            return format!("{authority}{location}").parse();
        }
        let path = self.path.split(['?', '#']).next().unwrap_or("/");
        let folder = if location.starts_with('?') {
            path
        } else {
            path.rfind('/').and_then(|at| path.get(..=at)).unwrap_or("/")
        };
        format!("{authority}{folder}{location}").parse()
    }

    /// Adds path segments, with one slash between.
    pub fn under(&self, segments: &str) -> Result<Self, ProbeError> {
        let scheme = if self.https { "https" } else { "http" };
        let folder = self.path.trim_end_matches('/');
        format!("{scheme}://{}:{}{folder}/{segments}", self.host, self.port).parse()
    }

    /// The value of the Host header field (RFC 9110 section 7.2).
    pub fn authority(&self) -> String {
        let usual = if self.https { 443 } else { 80 };
        if self.port == usual { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }
}

impl FromStr for Url {
    type Err = ProbeError;

    fn from_str(text: &str) -> Result<Self, ProbeError> {
        let wrong = |why: Text| ProbeError::BadEndpoint { text: short(text), why: why.into() };
        if text.len() > MAX_URL {
            return Err(wrong(Text::new("longer than 8,000 bytes", "超过 8,000 字节")));
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) || text.contains(['\\', '"', '<', '>', '^', '`', '{', '|', '}'])
        {
            return Err(wrong(Text::new("a character that no URL holds", "含有网址中不允许的字符")));
        }
        let (scheme, rest) = text.split_once("://").ok_or_else(|| wrong(Text::new("not a URL", "不是网址")))?;
        let https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(wrong(Text::new("neither http nor https", "既不是 http 也不是 https"))),
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, tail) = rest.split_at(end);
        if authority.contains('@') {
            return Err(wrong(Text::new("user information in front of the host", "主机前带有用户信息")));
        }
        let (host, port) = split_port(authority).map_err(wrong)?;
        let host = Host::parse(host).map_err(wrong)?;
        let tail = tail.split('#').next().unwrap_or_default();
        let path = if tail.starts_with('/') { tail.to_owned() } else { format!("/{tail}") };
        Ok(Self { https, host, port: port.unwrap_or(if https { 443 } else { 80 }), path })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.path)
    }
}
