//! Which addresses may be dialled: one policy for every probe and hook.
//!
//! An address typed by the user is dialled as given. An address found in an answer (a DNS record,
//! a redirect, a referral) is dialled only when it lies in the public internet, or in a network
//! the user opened with `--allow-net`. A socket is opened for a [`Cleared`] address and nothing
//! else, and only the policy makes one: what was checked is what is dialled.
//!
//! ```text
//!  typed IP:PORT ───────────── typed ──> Cleared ──> socket
//!  found in an answer ─ check ─ found ──> Cleared
//!                         └──> Forbidden { address, scope }
//! ```
//!
//! It does not know routes: a public address may still be unreachable. It cannot see a network
//! that translates public addresses to private ones.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use namekeep_model::Text;

use crate::error::{ProbeError, short};

/// The kind of network an address lies in, when it is not the public internet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// "This network" and the unspecified address (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.2).
    Unspecified,
    /// The own machine (RFC 1122, RFC 4291 section 2.5.3).
    Loopback,
    /// A private network (RFC 1918, RFC 4193, RFC 3879).
    Private,
    /// Shared space behind a carrier's translator (RFC 6598).
    CarrierNat,
    /// The local link (RFC 3927, RFC 4291 section 2.5.6).
    LinkLocal,
    /// The metadata service of a cloud, which hands out credentials.
    Metadata,
    /// Multicast and broadcast (RFC 5771, RFC 4291 section 2.7).
    Multicast,
    /// Documentation and benchmarks (RFC 5737, RFC 3849, RFC 9637, RFC 2544).
    Documentation,
    /// Assigned to a protocol or to nobody (RFC 6890 and the IANA registries).
    Reserved,
    /// An IPv4 address in an IPv6 form that no record may carry (RFC 4291 section 2.5.5).
    Disguised,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private network",
            Self::CarrierNat => "carrier network",
            Self::LinkLocal => "link-local",
            Self::Metadata => "cloud metadata service",
            Self::Multicast => "multicast",
            Self::Documentation => "documentation or benchmark",
            Self::Reserved => "reserved",
            Self::Disguised => "IPv4 in disguise",
        })
    }
}

const fn v4(a: u8, b: u8, c: u8, d: u8) -> u32 {
    u32::from_be_bytes([a, b, c, d])
}

/// IPv4 networks that are not public (IANA IPv4 special-purpose registry, RFC 6890).
const CLOSED_V4: [(u32, u8, Scope); 18] = [
    (v4(0, 0, 0, 0), 8, Scope::Unspecified),
    (v4(10, 0, 0, 0), 8, Scope::Private),
    (v4(100, 64, 0, 0), 10, Scope::CarrierNat),
    (v4(127, 0, 0, 0), 8, Scope::Loopback),
    (v4(169, 254, 0, 0), 16, Scope::LinkLocal),
    (v4(172, 16, 0, 0), 12, Scope::Private),
    (v4(192, 0, 0, 0), 24, Scope::Reserved),
    (v4(192, 0, 2, 0), 24, Scope::Documentation),
    (v4(192, 31, 196, 0), 24, Scope::Reserved),
    (v4(192, 52, 193, 0), 24, Scope::Reserved),
    (v4(192, 88, 99, 0), 24, Scope::Reserved),
    (v4(192, 168, 0, 0), 16, Scope::Private),
    (v4(192, 175, 48, 0), 24, Scope::Reserved),
    (v4(198, 18, 0, 0), 15, Scope::Documentation),
    (v4(198, 51, 100, 0), 24, Scope::Documentation),
    (v4(203, 0, 113, 0), 24, Scope::Documentation),
    (v4(224, 0, 0, 0), 4, Scope::Multicast),
    (v4(240, 0, 0, 0), 4, Scope::Reserved),
];

/// IPv6 networks by their first 64 bits that are not public (IANA IPv6 special-purpose registry);
/// what is not listed is public only inside 2000::/3 (RFC 4291 section 2.4, RFC 3587).
const CLOSED_V6: [(u64, u8, Scope); 9] = [
    (0xfc00_0000_0000_0000, 7, Scope::Private),
    (0xfe80_0000_0000_0000, 10, Scope::LinkLocal),
    (0xfec0_0000_0000_0000, 10, Scope::Private),
    (0xff00_0000_0000_0000, 8, Scope::Multicast),
    (0x0064_ff9b_0001_0000, 48, Scope::Private),
    (0x2001_0000_0000_0000, 23, Scope::Reserved),
    (0x2001_0db8_0000_0000, 32, Scope::Documentation),
    (0x3fff_0000_0000_0000, 20, Scope::Documentation),
    (0x2620_004f_8000_0000, 48, Scope::Reserved),
];

/// Metadata services: the address most clouds share, Alibaba Cloud's, and the IPv6 one of Amazon's.
const METADATA: [IpAddr; 3] = [
    IpAddr::V4(Ipv4Addr::new(169, 254, 169, 254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Finds the scope of an address; none means the public internet.
///
/// IPv4 carried inside NAT64 (RFC 6052), 6to4 (RFC 3056) and ISATAP (RFC 5214) addresses is judged
/// by the IPv4 address, since that is where the packets go in the end.
pub fn scope(address: IpAddr) -> Option<Scope> {
    if METADATA.contains(&address) {
        return Some(Scope::Metadata);
    }
    match address {
        IpAddr::V4(ip) => {
            let bits = u32::from(ip);
            CLOSED_V4
                .iter()
                .find(|(net, len, _)| (bits ^ net) >> (32 - u32::from(*len)) == 0)
                .map(|(_, _, scope)| *scope)
        }
        IpAddr::V6(ip) => scope_v6(ip),
    }
}

fn scope_v6(ip: Ipv6Addr) -> Option<Scope> {
    if ip.is_unspecified() {
        return Some(Scope::Unspecified);
    }
    if ip.is_loopback() {
        return Some(Scope::Loopback);
    }
    let high = u64::try_from(u128::from(ip) >> 64).unwrap_or(u64::MAX);
    let closed = CLOSED_V6.iter().find(|(net, len, _)| (high ^ net) >> (64 - u32::from(*len)) == 0);
    if let Some((_, _, scope)) = closed {
        return Some(*scope);
    }
    if let Some(inner) = carried(ip).and_then(|inner| scope(IpAddr::V4(inner))) {
        return Some(inner);
    }
    // ::/96 and ::ffff:0:0/96 (with the old translated form ::ffff:0:a.b.c.d) name IPv4 hosts.
    if high == 0 {
        return Some(Scope::Disguised);
    }
    let nat64 = matches!(ip.segments(), [0x64, 0xff9b, 0, 0, 0, 0, ..]);
    (!nat64 && high >> 61 != 1).then_some(Scope::Reserved)
}

/// The IPv4 address that packets to a translated or tunnelled address reach.
fn carried(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let join = |a: u16, b: u16| Ipv4Addr::from((u32::from(a) << 16) | u32::from(b));
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, a, b] => Some(join(a, b)),
        [0x2002, a, b, ..] => Some(join(a, b)),
        [_, _, _, _, 0 | 0x200, 0x5efe, a, b] => Some(join(a, b)),
        _ => None,
    }
}

/// A network in CIDR notation (RFC 4632, RFC 4291 section 2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    base: IpAddr,
    length: u8,
}

impl Cidr {
    /// Tells whether the network holds the address; families never mix.
    pub fn contains(self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(ip)) => {
                let differs = u32::from(base) ^ u32::from(ip);
                self.length == 0 || differs >> (32 - u32::from(self.length)) == 0
            }
            (IpAddr::V6(base), IpAddr::V6(ip)) => {
                let differs = u128::from(base) ^ u128::from(ip);
                self.length == 0 || differs >> (128 - u32::from(self.length)) == 0
            }
            _ => false,
        }
    }

    const fn is_single(self) -> bool {
        self.length == if self.base.is_ipv4() { 32 } else { 128 }
    }
}

impl FromStr for Cidr {
    type Err = ProbeError;

    fn from_str(text: &str) -> Result<Self, ProbeError> {
        let wrong = |why: Text| ProbeError::BadEndpoint { text: short(text), why: why.into() };
        let (base, length) = match text.split_once('/') {
            Some((base, length)) => (base, Some(length)),
            None => (text, None),
        };
        let base: IpAddr = base.parse().map_err(|_| wrong(Text::new("the network is not an IP address", "网段不是 IP 地址")))?;
        let most: u8 = if base.is_ipv4() { 32 } else { 128 };
        let length = match length {
            None => most,
            Some(digits) if digits.len() <= 3 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse().ok().filter(|n| *n <= most).ok_or_else(|| wrong(Text::new("the prefix length is too long", "前缀长度过大")))?
            }
            Some(_) => return Err(wrong(Text::new("the prefix length is not a number", "前缀长度不是数字"))),
        };
        let rest = match base {
            IpAddr::V4(ip) => u128::from(u32::from(ip)) & ((1_u128 << (32 - u32::from(length))) - 1),
            IpAddr::V6(ip) if length == 0 => u128::from(ip),
            IpAddr::V6(ip) => u128::from(ip) & ((1_u128 << (128 - u32::from(length))) - 1),
        };
        if rest != 0 {
            return Err(wrong(Text::new("bits are set beyond the prefix; write the first address of the network", "前缀之外仍有置位；请写网段的首个地址")));
        }
        Ok(Self { base, length })
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.length)
    }
}

/// An address that may be dialled. Only a [`DialPolicy`] makes one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cleared(SocketAddr);

impl Cleared {
    /// Gives the address.
    pub const fn address(self) -> SocketAddr {
        self.0
    }
}

/// The rule for dialling; strict unless widened.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialPolicy {
    allow: Vec<Cidr>,
}

impl DialPolicy {
    /// Opens one more network for addresses found in answers.
    pub fn allowing(mut self, net: Cidr) -> Self {
        self.allow.push(net);
        self
    }

    /// Takes note of a resolver the user typed: a loopback one means a world on this machine, so
    /// 127.0.0.0/8 (and ::1) opens.
    pub fn with_resolver(mut self, resolver: SocketAddr) -> Self {
        if resolver.ip().is_loopback() {
            self.allow.push(Cidr { base: IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), length: 8 });
            self.allow.push(Cidr { base: IpAddr::V6(Ipv6Addr::LOCALHOST), length: 128 });
        }
        self
    }

    /// Clears an address the user typed.
    pub const fn typed(&self, address: SocketAddr) -> Cleared {
        Cleared(address)
    }

    /// Clears an address found in an answer, if the policy lets it through.
    pub fn found(&self, address: SocketAddr) -> Result<Cleared, ProbeError> {
        let ip = address.ip();
        match self.check(ip) {
            None => Ok(Cleared(address)),
            Some(scope) => Err(ProbeError::Forbidden { address: ip, scope }),
        }
    }

    fn check(&self, ip: IpAddr) -> Option<Scope> {
        let scope = scope(ip)?;
        let inner = match ip {
            IpAddr::V6(v6) => carried(v6).map(IpAddr::V4),
            IpAddr::V4(_) => None,
        };
        // A metadata service is never swept in by a wide network: it must be named alone.
        let opens = |net: &Cidr, ip: IpAddr| net.contains(ip) && (scope != Scope::Metadata || net.is_single());
        let open = self.allow.iter().any(|net| opens(net, ip) || inner.is_some_and(|inner| opens(net, inner)));
        (!open).then_some(scope)
    }
}
