//! What can go wrong while looking, each case with a stable code and a cure.
//!
//! The same value is written to a [`Tape`](crate::Tape) and read back from it, so that a replay
//! fails exactly as the recorded look did. It knows nothing of what an answer *means*: a name that
//! does not exist is an answer, not an error.

use std::fmt;
use std::net::IpAddr;

use namekeep_model::{Text, Words, words};
use serde::{Deserialize, Serialize};

use crate::policy::Scope;

/// Why a look brought no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum ProbeError {
    /// An answer pointed at an address which the policy keeps closed.
    Forbidden {
        /// The address.
        address: IpAddr,
        /// The kind of network it lies in.
        scope: Scope,
    },
    /// An answer pointed at a port that is not the service's own.
    ForbiddenPort {
        /// The host.
        host: String,
        /// The port.
        port: u16,
    },
    /// A URL, host, port or network cannot be read.
    BadEndpoint {
        /// What was given, shortened.
        text: String,
        /// What is wrong with it.
        why: Words,
    },
    /// A redirect cannot be followed.
    BadRedirect {
        /// Where it pointed, shortened.
        location: String,
        /// Why not.
        why: Words,
    },
    /// The deadline passed.
    TimedOut {
        /// The deadline.
        millis: u64,
    },
    /// The other side takes no connection.
    ConnectionRefused,
    /// This machine has no way to the address; it says nothing about the other side.
    Unreachable,
    /// The connection ended before the answer was complete.
    Closed,
    /// The answer is longer than what is read.
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A host name has no usable address.
    NotResolved {
        /// The name.
        host: String,
        /// Why not.
        why: Words,
    },
    /// The bytes are not an answer of the protocol.
    Malformed {
        /// What was expected.
        what: String,
        /// Where it fails.
        why: String,
    },
    /// The TLS handshake failed.
    Tls {
        /// The reason.
        why: String,
    },
    /// The tape replayed holds no such exchange.
    NotOnTape {
        /// Who was asked.
        to: String,
    },
    /// A tape file cannot be read.
    BadTape {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// One look asked more than it may.
    BudgetSpent {
        /// The bound.
        limit: u32,
    },
    /// A file of root certificates cannot be used.
    BadRoots {
        /// Why not.
        why: String,
    },
    /// No resolver is known.
    NoResolver,
    /// A socket failed in another way.
    Socket {
        /// The system's words.
        why: String,
    },
}

impl fmt::Display for ProbeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.says().en)
    }
}

impl ProbeError {
    /// Why there is no answer, for people; words of the system and of servers are quoted.
    pub fn says(&self) -> Words {
        match self {
            Self::Forbidden { address, scope } => words!(
                en: "{address} ({scope}) came from an answer and is not dialled",
                zh: "{address}（{scope}）来自应答，不予连接"
            ),
            Self::ForbiddenPort { host, port } => words!(
                en: "port {port} at {host} came from an answer and is not the port of the service",
                zh: "{host} 的端口 {port} 来自应答，且不是该服务的端口"
            ),
            Self::BadEndpoint { text, why } => {
                why.behind(words!(en: "`{text}` cannot be used: ", zh: "`{text}` 不可用："))
            }
            Self::BadRedirect { location, why } => why.behind(words!(
                en: "a redirect to `{location}` is not followed: ", zh: "不跟随到 `{location}` 的重定向："
            )),
            Self::TimedOut { millis: 0 } => words!(en: "no complete answer in time", zh: "未及时收到完整应答"),
            Self::TimedOut { millis } => {
                words!(en: "no complete answer within {millis} ms", zh: "{millis} 毫秒内未收到完整应答")
            }
            Self::ConnectionRefused => words!(en: "the connection was refused", zh: "连接被拒绝"),
            Self::Unreachable => {
                words!(en: "there is no route to the address from here", zh: "从此处没有到该地址的路由")
            }
            Self::Closed => {
                words!(en: "the connection ended before the answer was complete", zh: "应答未完整，连接已断开")
            }
            Self::TooLarge { limit } => {
                words!(en: "the answer is longer than {limit} bytes", zh: "应答超过 {limit} 字节")
            }
            Self::NotResolved { host, why } => {
                why.behind(words!(en: "{host} has no usable address: ", zh: "{host} 没有可用地址："))
            }
            Self::Malformed { what, why } => {
                Words::quoted(why).behind(words!(en: "not a valid {what}: ", zh: "不是有效的 {what}："))
            }
            Self::Tls { why } => Words::quoted(why).behind(words!(en: "the TLS handshake failed: ", zh: "TLS 握手失败：")),
            Self::NotOnTape { to } => {
                words!(en: "the tape has no answer left from {to}", zh: "记录中没有 {to} 的应答")
            }
            Self::BadTape { line, why } => Words::quoted(why)
                .behind(words!(en: "line {line} of the tape cannot be read: ", zh: "记录第 {line} 行无法读取：")),
            Self::BudgetSpent { limit } => {
                words!(en: "the look stopped after {limit} questions", zh: "查询 {limit} 次后停止")
            }
            Self::BadRoots { why } => Words::quoted(why)
                .behind(words!(en: "the root certificates cannot be used: ", zh: "根证书不可用：")),
            Self::NoResolver => words!(en: "no DNS resolver is configured", zh: "未配置 DNS 解析器"),
            Self::Socket { why } => Words::quoted(why).behind(words!(en: "the socket failed: ", zh: "套接字出错：")),
        }
    }

    /// Gives the stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Forbidden { .. } => "E1501",
            Self::ForbiddenPort { .. } => "E1502",
            Self::BadEndpoint { .. } => "E1503",
            Self::BadRedirect { .. } => "E1504",
            Self::TimedOut { .. } => "E1505",
            Self::ConnectionRefused => "E1506",
            Self::Unreachable => "E1507",
            Self::Closed => "E1508",
            Self::TooLarge { .. } => "E1509",
            Self::NotResolved { .. } => "E1510",
            Self::Malformed { .. } => "E1511",
            Self::Tls { .. } => "E1512",
            Self::NotOnTape { .. } => "E1513",
            Self::BadTape { .. } => "E1514",
            Self::BudgetSpent { .. } => "E1515",
            Self::BadRoots { .. } => "E1516",
            Self::NoResolver => "E1517",
            Self::Socket { .. } => "E1518",
        }
    }

    /// Says what a person can do about it.
    pub const fn hint(&self) -> Text {
        match self {
            Self::Forbidden { .. } => Text::new(
                "if the address belongs to your own network, allow it with --allow-net CIDR",
                "若该地址属于自己的网络，可用 --allow-net CIDR 放行",
            ),
            Self::ForbiddenPort { .. } => Text::new(
                "ask that server directly with --whois-server HOST:PORT or --rdap-base URL",
                "可用 --whois-server HOST:PORT 或 --rdap-base URL 直接查询该服务器",
            ),
            Self::BadEndpoint { .. } => Text::new(
                "give http(s)://HOST[:PORT]/PATH for RDAP, HOST:PORT for WHOIS, IP:PORT for a resolver, ADDRESS/LENGTH for a network",
                "RDAP 用 http(s)://主机[:端口]/路径，WHOIS 用 主机:端口，解析器用 IP:端口，网段用 地址/前缀长度",
            ),
            Self::BadRedirect { .. } => Text::new(
                "give the final address with --rdap-base URL if you trust it",
                "若信任该地址，请用 --rdap-base URL 直接给出最终地址",
            ),
            Self::TimedOut { .. } => {
                Text::new("try again later; the last good reading stays in force", "稍后再试；上次成功的读数继续有效")
            }
            Self::ConnectionRefused => {
                Text::new("check that the service runs and the port is right", "请确认服务在运行且端口正确")
            }
            Self::Unreachable => Text::new(
                "this machine has no route (often: no IPv6); look from another network",
                "本机无可达路由（常见于无 IPv6）；请换一处网络查看",
            ),
            Self::Closed => {
                Text::new("try again; some servers close when asked too often", "请重试；查询过频时有的服务器会断开")
            }
            Self::TooLarge { .. } => Text::new(
                "the server sends more than any registration needs; ask another source",
                "该服务器返回的内容远超注册信息所需；请改查其他来源",
            ),
            Self::NotResolved { .. } => Text::new(
                "check the name, or give another resolver with --resolver IP:PORT",
                "请检查名称，或用 --resolver IP:端口 指定其他解析器",
            ),
            Self::Malformed { .. } => Text::new(
                "the server does not speak the protocol on this port; check the port",
                "该端口上的服务不符合协议；请检查端口",
            ),
            Self::Tls { .. } => Text::new(
                "check the port and the protocol versions the server offers",
                "请检查端口及服务器支持的协议版本",
            ),
            Self::NotOnTape { .. } => Text::new(
                "replay the same question the tape was recorded with, or look again live",
                "请按录制时的同一问题回放，或重新实时查看",
            ),
            Self::BadTape { .. } => Text::new("record the tape again", "请重新录制"),
            Self::BudgetSpent { .. } => Text::new(
                "the servers send the look in circles; look at the delegation by hand",
                "这些服务器令查询反复绕行；请人工检查委派",
            ),
            Self::BadRoots { .. } => Text::new(
                "give a PEM file with CERTIFICATE blocks to --tls-roots",
                "请为 --tls-roots 提供含 CERTIFICATE 块的 PEM 文件",
            ),
            Self::NoResolver => Text::new("give one with --resolver IP:PORT", "请用 --resolver IP:端口 指定解析器"),
            Self::Socket { .. } => Text::new(
                "try again; check the limits of open files and the network",
                "请重试；并检查文件句柄上限与网络",
            ),
        }
    }

    /// Tells whether the failure lies on this side: it says nothing about the server asked.
    pub const fn is_ours(&self) -> bool {
        matches!(
            self,
            Self::Forbidden { .. }
                | Self::ForbiddenPort { .. }
                | Self::Unreachable
                | Self::NotOnTape { .. }
                | Self::BudgetSpent { .. }
                | Self::NoResolver
                | Self::BadEndpoint { .. }
                | Self::Socket { .. }
        )
    }

    /// Makes the error for a protocol that was not kept.
    pub(crate) fn malformed(what: &str, why: impl ToString) -> Self {
        Self::Malformed { what: what.to_owned(), why: short(&why.to_string()) }
    }

    /// Reads a failure of the system.
    pub(crate) fn from_io(error: &std::io::Error) -> Self {
        use std::io::ErrorKind as K;
        match error.kind() {
            K::ConnectionRefused => Self::ConnectionRefused,
            K::NetworkUnreachable | K::HostUnreachable | K::AddrNotAvailable | K::PermissionDenied | K::Unsupported => {
                Self::Unreachable
            }
            K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe | K::UnexpectedEof | K::NotConnected => {
                Self::Closed
            }
            K::TimedOut => Self::TimedOut { millis: 0 },
            _ => Self::Socket { why: short(&error.to_string()) },
        }
    }
}

/// Shortens a text from outside and escapes what a terminal would obey.
pub(crate) fn short(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().take(160) {
        if c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}
